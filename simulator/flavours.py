"""How the simulated systems write: column names, date formats, status words, file formats.

A flavour says all of it once; from it come the file (``simulator.sheets``) and the mapping that
reads it (``simulator.mapping_file``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.traffic import LATENCY_LE

ANCHORS = {
    "transactions": "submitted",
    "complaints": "received",
    "surveys": "answered",
    "probes": "checked",
    "traffic": "started",
    "rollout_events": "occurred",
}
"""Column of each record set that places a record in time."""
REGION_ZONE = "region"
"""The instants are on the clock of the record's own region."""


@dataclass(frozen=True, eq=False)
class Flavour:
    """One file: which record set, whose regions, and how it is written.

    ``systems``: the systems of record whose regions are in it (empty: all). ``columns``: column
    of the contract, its name in the file; in the order of the file. ``words``: column, word of
    the contract, word in the file. ``dates``: format of the instants on the clock of ``zone``.
    A ``mark`` column says in every record that it is simulated. Where ``region`` is named by
    ``name`` and ``kind``, ``columns`` names both. ``constants``: what the file need not repeat in
    every record, because its mapping says it.
    """

    name: str
    dataset: str
    systems: tuple[str, ...]
    columns: dict[str, str]
    mark: tuple[str, str]
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    dates: str = "%Y-%m-%dT%H:%M:%SZ"
    zone: str = "UTC"
    suffix: str = "csv"
    separator: str = ","
    decimal_comma: bool = False

    @property
    def file(self) -> str:
        """Name of the file; it says that the content is simulated."""
        return f"simulated-{self.name}.{self.suffix}"

    @property
    def mapping(self) -> str:
        """Name of the mapping that reads the file."""
        return f"simulated-{self.name}.mapping.yaml"

    @property
    def anchor(self) -> str:
        """Title of the column with the instant that places a record in time."""
        return self.columns[ANCHORS[self.dataset]]

    @property
    def by_name(self) -> bool:
        """Whether regions are named rather than coded."""
        return "region" not in self.columns


KINDS = {"kabupaten": "Kab.", "kota": "Kota"}
KANAL = {
    "digital": "daring",
    "counter": "loket",
    "phone": "telepon",
    "email": "surel",
    "post": "pos",
}
ELEMENTS = (
    "requirements",
    "procedure",
    "completion_time",
    "cost",
    "product",
    "competence",
    "conduct",
    "complaint_handling",
    "facilities",
)
"""Order of the questionnaire of the simulated national system; the contract's has the last two turned."""
UNSUR = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "penanganan_pengaduan",
    "sarana",
)

TRANSACTIONS_MPPDN = Flavour(
    name="transactions-mppdn",
    dataset="transactions",
    systems=("mppdn",),
    columns={
        "region": "kode_wilayah",
        "id": "nomor",
        "submitted": "tanggal_masuk",
        "file_complete": "berkas_lengkap",
        "completed": "tanggal_selesai",
        "status": "status",
        "channel": "kanal",
        "service": "layanan",
        "promise_value": "janji",
        "promise_unit": "satuan",
        "promise_from": "sejak",
        "due": "batas_waktu",
        "observed_at": "diperbarui",
    },
    mark=("simulasi", "ya"),
    words={
        "status": {"open": "diproses", "completed": "selesai", "rejected": "ditolak", "withdrawn": "dicabut"},
        "channel": {"digital": "daring", "counter": "loket"},
        "promise_unit": {"minutes": "menit", "hours": "jam", "days": "hari", "working_days": "hari kerja"},
        "promise_from": {"submitted": "permohonan", "file_complete": "berkas lengkap"},
    },
    dates="%d-%m-%Y %H:%M:%S",
    zone="Asia/Jakarta",
    separator=";",
    decimal_comma=True,
)

TRANSACTIONS_MPPI = Flavour(
    name="transactions-mppi",
    dataset="transactions",
    systems=("mppi",),
    columns={
        "region": "regionCode",
        "id": "applicationId",
        "submitted": "submittedAt",
        "file_complete": "documentsCompleteAt",
        "completed": "closedAt",
        "status": "state",
        "channel": "channel",
        "service": "service",
        "promise_value": "promise",
        "promise_unit": "promiseUnit",
        "promise_from": "promiseFrom",
        "due": "dueAt",
        "observed_at": "updatedAt",
    },
    mark=("simulated", "true"),
    words={
        "status": {"open": "OPEN", "completed": "DONE", "rejected": "REFUSED", "withdrawn": "CANCELLED"},
        "channel": {"digital": "APP", "counter": "DESK"},
        "promise_unit": {"minutes": "MIN", "hours": "H", "days": "D", "working_days": "WD"},
        "promise_from": {"submitted": "SUBMISSION", "file_complete": "COMPLETE"},
    },
    suffix="jsonl",
)

TRANSACTIONS_OWN = Flavour(
    name="transactions-own",
    dataset="transactions",
    systems=("own",),
    columns={
        "name": "Daerah",
        "kind": "Jenis",
        "id": "No",
        "submitted": "Masuk",
        "file_complete": "Lengkap",
        "completed": "Selesai",
        "status": "Keadaan",
        "channel": "Lewat",
        "service": "Layanan",
        "due": "Janji selesai",
        "observed_at": "Diubah",
    },
    mark=("Simulasi", "ya"),
    words={
        "kind": KINDS,
        "status": {"open": "Proses", "completed": "Terbit", "rejected": "Tolak", "withdrawn": "Batal"},
        "channel": {"digital": "Aplikasi", "counter": "Loket"},
    },
    dates="%d/%m/%Y %H:%M",
    zone=REGION_ZONE,
)

COMPLAINTS_LAPOR = Flavour(
    name="complaints-lapor",
    dataset="complaints",
    systems=("mppdn", "mppi"),
    columns={
        "region": "kode_instansi",
        "id": "tracking",
        "received": "diterima",
        "verified": "diverifikasi",
        "responded": "ditanggapi",
        "resolved": "selesai",
        "class": "klasifikasi",
        "status": "status",
        "channel": "kanal",
        "category": "kategori",
        "service": "layanan",
        "reopened": "dibuka_lagi",
        "observed_at": "diperbarui",
    },
    mark=("simulasi", "ya"),
    words={
        "class": {
            "information": "permintaan informasi",
            "non_supervisory": "tidak berkadar pengawasan",
            "supervisory": "berkadar pengawasan",
            "aspiration": "aspirasi",
            "other": "lainnya",
        },
        "status": {
            "received": "belum terverifikasi",
            "in_process": "proses",
            "awaiting_reporter": "tunggu pelapor",
            "awaiting_confirmation": "tunggu konfirmasi",
            "resolved": "selesai",
            "unresolved": "tidak selesai",
            "closed": "arsip",
            "out_of_scope": "bukan wewenang",
        },
        "channel": KANAL,
        "reopened": {"true": "ya", "false": "tidak"},
    },
    dates="%Y-%m-%d %H:%M:%S",
    zone="Asia/Jakarta",
    separator=";",
)

COMPLAINTS_OWN = Flavour(
    name="complaints-own",
    dataset="complaints",
    systems=("own",),
    columns={
        "region": "region",
        "id": "ticket",
        "received": "received",
        "verified": "verified",
        "responded": "responded",
        "resolved": "closed",
        "class": "class",
        "status": "status",
        "channel": "channel",
        "category": "topic",
        "service": "service",
        "reopened": "reopened",
        "due": "due",
        "observed_at": "updated",
    },
    mark=("simulated", "true"),
    words={"reopened": {"true": "Y", "false": "N"}},
    suffix="jsonl",
)

SURVEYS_MPPDN = Flavour(
    name="surveys-mppdn",
    dataset="surveys",
    systems=("mppdn", "mppi"),
    columns={
        "region": "kode_wilayah",
        "id": "responden",
        "answered": "tanggal",
        "service": "layanan",
        "channel": "kanal",
        **{element: f"U{number}" for number, element in enumerate(ELEMENTS, 1)},
    },
    mark=("simulasi", "ya"),
    words={"channel": {"digital": "daring", "counter": "loket"}},
    dates="%d-%m-%Y %H:%M:%S",
    zone="Asia/Jakarta",
    separator=";",
)

SURVEYS_OWN = Flavour(
    name="surveys-own",
    dataset="surveys",
    systems=("own",),
    columns={
        "name": "Daerah",
        "kind": "Jenis",
        "id": "No",
        "answered": "Waktu",
        "service": "Layanan",
        "channel": "Lewat",
        **dict(zip(ELEMENTS, UNSUR, strict=True)),
    },
    mark=("Simulasi", "ya"),
    words={"kind": KINDS, "channel": {"digital": "Aplikasi", "counter": "Loket"}},
    dates="%d/%m/%Y %H:%M",
    zone=REGION_ZONE,
)

PROBES = Flavour(
    name="probes",
    dataset="probes",
    systems=(),
    columns={
        name: name
        for name in (
            "region",
            "id",
            "target",
            "checked",
            "up",
            "valid_seconds",
            "status_code",
            "reason",
            "dns_seconds",
            "connect_seconds",
            "tls_seconds",
            "first_byte_seconds",
            "transfer_seconds",
            "total_seconds",
        )
    },
    mark=("simulated", "true"),
    words={"up": {"true": "1", "false": "0"}},
)

TRAFFIC = Flavour(
    name="traffic",
    dataset="traffic",
    systems=(),
    columns={
        name: name
        for name in (
            "region",
            "id",
            "started",
            "target",
            "requests",
            "errors",
            "latency_counts",
            "latency_sum_seconds",
            "observed_at",
        )
    },
    mark=("simulated", "true"),
    constants={"interval_seconds": "86400", "latency_le": str(list(LATENCY_LE))},
    separator=";",
)

ROLLOUT_EVENTS = Flavour(
    name="rollout-events",
    dataset="rollout_events",
    systems=(),
    columns={
        name: name
        for name in (
            "region",
            "id",
            "occurred",
            "track",
            "stage",
            "authority",
            "source",
            "verified",
            "platform",
            "note",
            "observed_at",
        )
    },
    mark=("simulated", "true"),
    words={"verified": {"false": "no"}},
    dates="%Y-%m-%dT%H:%M:%SZ",
)

FLAVOURS = (
    TRANSACTIONS_MPPDN,
    TRANSACTIONS_MPPI,
    TRANSACTIONS_OWN,
    COMPLAINTS_LAPOR,
    COMPLAINTS_OWN,
    SURVEYS_MPPDN,
    SURVEYS_OWN,
    PROBES,
    TRAFFIC,
    ROLLOUT_EVENTS,
)
