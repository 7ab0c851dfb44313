"""Pages of registration: translate, open the transaction, render."""
