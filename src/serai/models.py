"""Every model of the house in one place, because one app holds the one migration history."""

# ruff: noqa: F401

from serai.accounts import models as accounts
from serai.audit import models as audit
from serai.db import rows
from serai.directory import models as directory
from serai.exchanges import models as exchanges
from serai.needs import models as needs
from serai.partnerships import models as partnerships
from serai.plans import models as plans
from serai.practices import models as practices
from serai.sharing import models as sharing
from serai.stories import models as stories
