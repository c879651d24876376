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
LRDIAG_MAX_FILES        the most files in one request; 50
LRDIAG_MAX_DIAGNOSES    logs diagnosed at once, each up to 3 GB of memory; others wait; 2
"""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PACKAGE = Path(__file__).parent
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
    max_files: int = Field(default=50, gt=0)
    max_diagnoses: int = Field(default=2, gt=0)
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
