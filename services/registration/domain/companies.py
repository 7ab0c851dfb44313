"""How a company is recognised by the mail domain of its people."""

from __future__ import annotations

# Public providers in Germany and beyond: their domain says nothing about the company.
PUBLIC_PROVIDERS = frozenset(
    {
        "1und1.de", "aol.com", "aol.de", "arcor.de", "email.de", "freenet.de", "gmail.com", "gmx.at",
        "gmx.ch", "gmx.com", "gmx.de", "gmx.eu", "gmx.info", "gmx.net", "gmx.org", "googlemail.com",
        "hotmail.com", "hotmail.de", "icloud.com", "kabelmail.de", "live.com", "live.de", "mac.com",
        "mail.com", "mail.de", "mailbox.org", "me.com", "msn.com", "netcologne.de", "o2mail.de",
        "o2online.de", "online.de", "online.ms", "osnanet.de", "outlook.com", "outlook.de",
        "pm.me", "posteo.de", "posteo.net", "proton.me", "protonmail.com", "t-online.de",
        "teleos-web.de", "tutanota.com", "tutanota.de", "unitybox.de", "unity-mail.de", "versanet.de",
        "vodafone.de", "vodafonemail.de", "web.de", "yahoo.com", "yahoo.de", "ymail.com",
    }
)  # fmt: skip


def own_domain(email: str | None) -> str | None:
    """The domain of *email* if it can belong to one company, else None."""
    domain = (email or "").rpartition("@")[2].lower()
    return domain if domain and domain not in PUBLIC_PROVIDERS else None
