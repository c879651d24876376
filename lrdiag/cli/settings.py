"""What is typed of the training run and of its log: --config, --set, --role and --limit."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrdiag.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from lrdiag.readers import Limits
    from lrdiag.run import Config, Role


def build_config(file: Path | None, settings: Sequence[str]) -> "Config":
    """Read a config file, then let ``KEY=VALUE`` words override it.

    Raises:
        ConfigError: The file cannot be read, or a setting makes no sense.
    """
    from lrdiag.run import Config

    values = dict(_read_config(file)) if file is not None else {}
    for word in settings:
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise ConfigError(
                f"--set {word!r} is no KEY=VALUE.", hint="Write, for instance, --set lr=0.003"
            )
        values[key.strip()] = value.strip()
    return Config.from_mapping(values)


def _read_config(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text("utf-8")
        values = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ConfigError(
            f"The config {file} cannot be read: {reason}.", hint="Look at the path."
        ) from None
    except ValueError as error:
        kind = "TOML" if file.suffix.lower() == ".toml" else "JSON"
        raise ConfigError(
            f"The config {file} is not {kind}: {error}.",
            hint='Write JSON, as in {"lr": 0.003}, or TOML in a file that ends in .toml.',
        ) from None
    if not isinstance(values, Mapping):
        raise ConfigError(
            f"The config {file} holds no names and values.",
            hint='Write an object, as in {"lr": 0.003, "optimizer": "adamw"}.',
        )
    return values


def build_roles(words: Sequence[str]) -> "dict[str, Role]":
    """Read ``COLUMN=ROLE`` words; a column's name may itself hold an equals sign.

    Raises:
        UnknownNameError: A word has no role, or one that lrdiag does not know.
    """
    from lrdiag.run import ROLES

    by_name = {role: role for role in ROLES}
    roles: dict[str, Role] = {}
    for word in words:
        column, equals, name = word.rpartition("=")
        role = by_name.get(name.strip().lower())  # type: ignore[call-overload]
        if not equals or not column or role is None:
            raise UnknownNameError(
                f"--role {word!r} is no COLUMN=ROLE.", hint=f"Roles: {', '.join(ROLES)}."
            )
        roles[column] = role
    return roles


def build_limits(words: Sequence[str]) -> "Limits":
    """Read ``NAME=VALUE`` words, as in max_rows=2e7; limits that are not named stay.

    Raises:
        ConfigError: A word names no limit, or its value is no positive number.
    """
    from dataclasses import fields, replace

    from lrdiag.readers import Limits

    limits = Limits()
    kinds = {one.name: type(getattr(limits, one.name)) for one in fields(limits)}
    for word in words:
        name, _, value = word.partition("=")
        try:
            number = kinds[name.strip()](float(value))
            limits = replace(limits, **{name.strip(): number})
        except (KeyError, ValueError, OverflowError):
            raise ConfigError(
                f"--limit {word!r} is no NAME=VALUE.",
                hint=f"Write, for instance, --limit max_rows=2e7. Limits: {', '.join(kinds)}.",
            ) from None
    return limits
