"""What routes ask for with Depends."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from app.comparing import Comparisons
from app.curves import CurveCache
from app.errors import unknown_diagnosis
from app.security import Owners
from app.settings import Settings
from app.slots import Slots
from app.store import Store, Stored
from app.workers import Workers


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _workers(request: Request) -> Workers:
    workers: Workers = request.app.state.workers
    return workers


def _curves(request: Request) -> CurveCache:
    curves: CurveCache = request.app.state.curves
    return curves


def _comparisons(request: Request) -> Comparisons:
    comparisons: Comparisons = request.app.state.comparisons
    return comparisons


def _owners(request: Request) -> Owners:
    owners: Owners = request.app.state.owners
    return owners


SettingsDep = Annotated[Settings, Depends(_settings)]
StoreDep = Annotated[Store, Depends(_store)]
WorkersDep = Annotated[Workers, Depends(_workers)]
CurvesDep = Annotated[CurveCache, Depends(_curves)]
ComparisonsDep = Annotated[Comparisons, Depends(_comparisons)]
OwnersDep = Annotated[Owners, Depends(_owners)]


def _owner(request: Request, owners: OwnersDep) -> str:
    return owners.identify(request)


OwnerDep = Annotated[str, Depends(_owner)]


def _stored(diagnosis_id: str, store: StoreDep, owner: OwnerDep) -> Stored:
    stored = store.get(owner, diagnosis_id)
    if stored is None:
        raise unknown_diagnosis()
    return stored


StoredDep = Annotated[Stored, Depends(_stored)]


async def _slot(request: Request) -> AsyncIterator[None]:
    slots: Slots = request.app.state.slots
    async with slots.take():
        yield


# The last parameter of a route, behind the upload; given back before the answer is sent.
SlotDep = Annotated[None, Depends(_slot, scope="function")]
