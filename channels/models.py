"""Where this database is at home: a copy of it elsewhere must stay silent."""

from django.db import models


class Stand(models.Model):
    """One row. ``home`` names the cluster and the database that may speak to the world; ``cleared`` the one in which
    erasures were made again after it was loaded. Without a row nothing was ever copied."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    home = models.CharField(max_length=80, blank=True, default="")
    cleared = models.CharField(max_length=80, blank=True, default="")
    since = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="stand_one_row")]

    def __str__(self) -> str:
        return self.home
