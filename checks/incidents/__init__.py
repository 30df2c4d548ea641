"""Incidents: trouble with the data that is present, one for each check and region, until the data heal.

Place in the flow: called by the wiring after the monitors have run, with what the store knows and
what the monitors and the contracts' rules say now; gives what is to be stored. Pure: no store and no
clock of its own, and the same result whatever the order of the findings.

**Opened.** One incident for each record set, check and region. A failure is *present* when it knows no
days, or its last day is one of the 7 last days judged. All present failures of a key (several fields,
several stretches of days) are one incident: with the worst severity, from the first day of the earliest
to the last day of the latest, the details and fields joined, the figures of the worst. What a check
says of no region in particular (a source that many regions share) is an incident of the place ``"*"``.

**Resolved by itself.** When the key is judged again and does not fail: it passes, or all it says is of
failures that are no longer present. The log says which. "Could not be checked" neither opens nor heals,
and a key that is not among the findings is left alone.

**Reopened.** What fails again within 14 days after it was resolved is the same incident, which counts
how often; later it is a new one.

**Resolved by hand.** The days that it was about do not open it again; days beyond them do. Where the
check knows no days, a failure opens it again once the check has passed in between.

**Acknowledged, assigned.** Both stay while it goes on. When its severity gets worse it is open again,
and the log says so; so it is when it is reopened. Who it is assigned to stays.

**Merged.** Where at least 3 regions, and at least 60 % of those regions of a province that were judged,
have an incident of the same record set and check, with days that overlap or adjoin, the province has
one, and theirs become its children. The same holds for the regions of a platform, if they are of at
least 2 provinces. A region's incident has one parent at most: the platform's, if it has at least as many
regions as the province's; a platform with fewer gets those that no province has. In the share, regions
that the other one explains do not count. Whatever fails later at the same place and in the same days
joins the parent. Incidents of several checks of one record set at the same place, with days that
overlap, are put together in one parent: ``causes`` lists the checks in causal order
(``checks.incidents.causes``), and the root cause gives the parent its check and its detail.

**Parted.** A parent resolves when fewer than 3 regions of its children are present; these stand alone
again. Children that were resolved keep their parent, for the log. That a parent is acknowledged or
assigned holds for its children in what is shown only (``as_shown``).

**The log.** Replaying an incident's acts gives its state: opened, changed and reopened make it open,
acknowledged and resolved what they say, the others leave it. A *changed* line is a severity that got
worse, nothing else. Acts of one ``follow`` have the same instant: their order is the one they are given in.
"""

from __future__ import annotations

from checks.incidents.following import follow
from checks.incidents.ledger import Changes
from checks.incidents.people import (
    acknowledge,
    assign,
    note,
    reopen,
    reopen_all,
    resolve,
    resolve_all,
)
from checks.incidents.places import Places
from metrics.observation import as_shown

__all__ = [
    "Changes",
    "Places",
    "acknowledge",
    "as_shown",
    "assign",
    "follow",
    "note",
    "reopen",
    "reopen_all",
    "resolve",
    "resolve_all",
]
