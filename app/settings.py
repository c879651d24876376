"""What an operator may set, all of it from LRDIAG_* variables of the environment.

LRDIAG_DATA             the one folder of database, blobs and secret key; lrdiag-data
LRDIAG_HOST             where `lrdiag serve` listens; 127.0.0.1
LRDIAG_PORT             and at which port; 8000
LRDIAG_TOKENS           comma separated secrets; with them, whatever is an owner's needs one
LRDIAG_OPEN             1: listen on a network without tokens, where others keep strangers out
LRDIAG_ALLOWED_HOSTS    comma separated names people use besides localhost; * for any
LRDIAG_PUBLIC_URL       what links begin with behind a proxy, as in https://curves.example.org
LRDIAG_DATABASE_URL     postgresql+psycopg://user@host/name; SQLite in the folder
LRDIAG_BLOB_URL         s3://, gs:// or az:// with the provider's own variables; in the folder
LRDIAG_MAX_UPLOAD_BYTES the largest request, and the most it may unpack to; 200000000
LRDIAG_MAX_FILES        the most files in one request; 500
LRDIAG_MAX_DIAGNOSES    logs diagnosed at once, each in a process of its own; others wait; 2
LRDIAG_READ_SECONDS     the longest that reading and diagnosing one upload may take; 30
LRDIAG_READ_MEMORY      the most memory that it may take, in bytes; 4000000000

Each bound of `lrdiag.readers.Limits` is a setting too, under its own name:

LRDIAG_MAX_BYTES        bytes of one log after decompression; 200000000
LRDIAG_MAX_RATIO        decompressed over compressed bytes of a file in an archive; 200
LRDIAG_RATIO_FLOOR      bytes of such a file below which its ratio is not looked at; 1000000
LRDIAG_MAX_MEMBERS      logs of an archive or a folder, and runs of one file; 50
LRDIAG_MAX_COLUMNS      columns of a table; 2000
LRDIAG_MAX_ROWS         rows of a table, or lines of a console log; 5000000
LRDIAG_MAX_LINE         bytes of one line of a table; 64000
LRDIAG_MAX_JSON         bytes of a JSON document, or of one line of JSON lines; 100000000
LRDIAG_MAX_DEPTH        nesting of JSON; 20
"""

from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from lrdiag.readers import Limits

PACKAGE = Path(__file__).parent
USUAL = Limits()
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", "testserver")  # the last is Starlette's TestClient


def _shipped(name: str) -> Path:
    """Return a folder inside an installed wheel, or the repository's where there is none."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


TEMPLATES, STATIC = _shipped("templates"), _shipped("static")


class Settings(BaseSettings):
    """Everything that one server needs to know; two servers share nothing.

    Raises:
        ValueError: The server would be open to a network without tokens.
    """

    model_config = SettingsConfigDict(env_prefix="LRDIAG_", env_ignore_empty=True, frozen=True)

    data: Path = Path("lrdiag-data")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    tokens: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    open: bool = False
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    public_url: str | None = None
    database_url: str | None = None
    blob_url: str | None = None
    max_upload_bytes: int = Field(default=200_000_000, gt=0)
    max_files: int = Field(default=500, gt=0)  # a folder of MLflow has one a metric
    max_diagnoses: int = Field(default=2, gt=0)
    read_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    read_memory: int = Field(default=4_000_000_000, gt=0)
    max_bytes: int = Field(default=USUAL.max_bytes, gt=0)
    max_ratio: float = Field(default=USUAL.max_ratio, gt=0, allow_inf_nan=False)
    ratio_floor: int = Field(default=USUAL.ratio_floor, gt=0)
    max_members: int = Field(default=USUAL.max_members, gt=0)
    max_columns: int = Field(default=USUAL.max_columns, gt=0)
    max_rows: int = Field(default=USUAL.max_rows, gt=0)
    max_line: int = Field(default=USUAL.max_line, gt=0)
    max_json: int = Field(default=USUAL.max_json, gt=0)
    max_depth: int = Field(default=USUAL.max_depth, gt=0)
    templates: Path = TEMPLATES
    static: Path = STATIC

    @field_validator("tokens", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _closed_by_default(self) -> Self:
        if not (self.tokens or self.open or self.local):
            raise ValueError(
                f"The server would listen on {self.host} for anyone. Set LRDIAG_TOKENS to one or "
                "more secrets, or LRDIAG_OPEN=1 where something else keeps strangers out."
            )
        return self

    def limits(self) -> Limits:
        """How much of one log is taken in."""
        return Limits(**{one.name: getattr(self, one.name) for one in fields(Limits)})

    @property
    def sqlalchemy_url(self) -> str:
        """Where the tables are; SQLite in the data folder unless told otherwise."""
        return self.database_url or f"sqlite+pysqlite:///{self.data.resolve() / 'app.sqlite'}"

    @property
    def local(self) -> bool:
        """Whether only this machine reaches the server."""
        return _is_loopback(self.host)

    @property
    def hosts(self) -> frozenset[str]:
        """The host names under which the server answers, in lower case, without ports."""
        return frozenset((*LOCAL_HOSTS, *(name.lower().strip("[]") for name in self.allowed_hosts)))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
