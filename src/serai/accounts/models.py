"""The account a person signs in with: an address and nothing else. Open to the sign-in pages."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from serai.db.rows import new_id


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by their address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account with this address."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """An address and the person it belongs to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    person_id = models.UUIDField(null=True, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Addresses are kept in small letters: the sign-in pages look them up so."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def has_usable_password(self) -> bool:
        """Nobody has a password here; also not the empty one Django would call usable."""
        return False

    def check_password(self, raw_password: str | None) -> bool:
        """No password opens an account."""
        return False


class Administrator(models.Model):
    """An account that may found networks and make accounts, and reads nobody's content. Written by the owner."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="administers")


class Mail(models.Model):
    """One mail, once for an occasion and an address; holds nothing above TLP:GREEN.

    `posted_by` is the person whose act it follows from: they learn when it did not arrive, and read none of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    occasion = models.CharField(max_length=120)
    person_id = models.UUIDField(null=True)
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # of no use later: a code that has run out is not sent
    posted_by = models.UUIDField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True)
    failed = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["occasion", "address"], name="mail_once")]
