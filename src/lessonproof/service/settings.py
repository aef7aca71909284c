"""The one settings object, read from ``LESSONPROOF_*`` at the entry point and handed on as a value."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from lessonproof.evidence.errors import InputError

PREFIX: Final = "LESSONPROOF_"
_NOT_SETTINGS: Final = frozenset({"LESSONPROOF_DATA", "LESSONPROOF_DESIGN"})
"""Variables of the test suite: where real clips and the design pages lie."""
GIB: Final = 1 << 30


class SettingsError(InputError):
    """A setting is unknown or out of bounds (exit code 2)."""

    code = "settings_error"


def _split(value: object) -> object:
    return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Words = Annotated[frozenset[str], BeforeValidator(_split)]


class Settings(BaseSettings):
    """Every setting with its unit, bounds and meaning; validators do no I/O."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    models: Path | None = Field(None, description="folder of detector weights / 检测模型权重文件夹")
    data_dir: Path = Field(Path("lessonproof-data"), description="folder of the service's data / 服务数据文件夹")
    host: str = Field("127.0.0.1", description="address that the service listens on / 监听地址")
    port: int = Field(8765, ge=1, le=65535, description="TCP port, 1 to 65535 / 端口")
    language: Literal["zh", "en"] = Field("zh", description="first language of the page, zh or en / 页面默认语言")
    people: bool = Field(default=True, description="count people / 统计人数")
    weights: str | None = Field(None, description="name or path of weights; unset: the best there are / 权重名称或路径")
    device: str = Field("cpu", description="where the detector runs: cpu, cuda:0, ... / 检测器运行设备")
    enabled_drafts: Words = Field(
        frozenset(), description="draft rule packs that are switched on, by comma / 启用的征求意见稿规则包，逗号分隔"
    )
    max_upload_bytes: int = Field(
        64 * GIB,
        ge=1 << 20,
        le=1024 * GIB,
        description="largest recording, bytes, 1 MiB to 1 TiB / 单个录像上限（字节）",
    )
    min_free_bytes: int = Field(
        GIB,
        ge=0,
        le=1024 * GIB,
        description="room that uploads leave on the disk, bytes / 上传后须保留的磁盘空间（字节）",
    )
    cpus: int | None = Field(
        None, ge=1, le=1024, description="processors for analysis; unset: all / 检验使用的处理器数"
    )
    parallel_jobs: int = Field(2, ge=1, le=64, description="recordings analysed at a time, 1 to 64 / 同时检验的录像数")
    ray_address: str | None = Field(
        None, description="Ray cluster to use; unset: started on this machine / Ray 集群地址，未设置则在本机启动"
    )
    database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy URL; unset: SQLite in the data folder / 数据库地址，未设置则使用数据文件夹中的 SQLite",
    )
    fingerprint_index: Literal["faiss", "numpy"] = Field(
        "faiss",
        description="index of filed recordings: faiss, or numpy for some hundred hours / 已提交录像的比对索引类型",
    )
    store: Literal["local", "s3"] = Field("local", description="where objects lie: local or s3 / 对象存储类型")
    s3_endpoint: str = Field("", description="S3 host and port, no scheme / S3 服务地址（不含协议）")
    s3_bucket: str = Field("", description="S3 bucket, has to exist / S3 存储桶（须已存在）")
    s3_region: str = Field("us-east-1", description="S3 region that signs / S3 区域")
    s3_access_key: SecretStr = Field(SecretStr(""), description="S3 key id / S3 访问密钥 ID")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="S3 secret / S3 访问密钥")
    font_folder: Path | None = Field(
        None, description="folder with fonts for printed sheets, preferred to the system's / 打印签到表所用字体的文件夹"
    )
    s3_secure: bool = Field(default=True, description="S3 by TLS / S3 使用 TLS")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what :func:`load_settings` hands over: no variable is read behind its back."""
        return (init_settings,)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: variables; ``None`` takes the process's own.

    Raises:
        SettingsError: an unknown ``LESSONPROOF_`` variable, or a value out of bounds.
    """
    variables = os.environ if environment is None else environment
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(
        n for n in variables if n.startswith(PREFIX) and n not in known | _NOT_SETTINGS and "_TEST_" not in n
    )
    if unknown:
        raise SettingsError(
            f"unknown settings: {', '.join(unknown)}; known: {', '.join(sorted(known))}",
            f"未知设置：{', '.join(unknown)}；可用：{', '.join(sorted(known))}",
        )
    values = {
        name: variables[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in variables
    }
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        # The values themselves are left out: one of them may be a secret.
        told = "; ".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"settings: {told}", f"设置错误：{told}") from error


def describe_settings(settings: Settings) -> Iterator[str]:
    """One line per setting: its variable, its value (secrets hidden), its meaning."""
    for name, field in Settings.model_fields.items():
        yield f"{PREFIX}{name.upper()}={getattr(settings, name)}  # {field.description}"
