"""The sentences of ``metrics.effect.words``, Indonesian and English side by side."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from metrics.effect.results import Aside, Controls, Note, Obstacle, Weights

Language = Literal["id", "en"]
Texts = dict[Language, str]


class Verdict(StrEnum):
    """What may be said. ``CHANGED``: found, of an indicator that has no better side.

    ``NOT_CREDIBLE``: the regions differed before the start already. ``UNCHECKED``: a difference was
    found, and it could not be checked whether they did.
    """

    UNANSWERED = "unanswered"
    NO_INTERVAL = "no_interval"
    NOT_CREDIBLE = "not_credible"
    UNCHECKED = "unchecked"
    NOT_FOUND = "not_found"
    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"


VERDICTS: dict[Verdict, Texts] = {
    Verdict.NO_INTERVAL: {
        "id": "{name}: perubahan setelah mulai tidak dapat dinilai, karena ketidakpastiannya tidak dapat "
        "dihitung dari data ini.",
        "en": "{name}: the change after the start cannot be judged, because its uncertainty cannot be "
        "computed from these data.",
    },
    Verdict.NOT_CREDIBLE: {
        "id": "{name}: angka di bawah ini jangan dibaca sebagai dampak. Sebelum mulai pun, daerah yang mulai "
        "sudah bergerak berbeda dari pembandingnya.",
        "en": "{name}: do not read the figures below as an effect. Even before the start, the regions that "
        "started moved differently from those they are compared with.",
    },
    Verdict.UNCHECKED: {
        "id": "{name}: ada selisih setelah mulai, tetapi tidak dapat diperiksa apakah selisih itu sudah ada "
        "sebelumnya. Bacalah sebagai hubungan, bukan dampak.",
        "en": "{name}: there is a difference after the start, but whether it was there before could not be "
        "checked. Read it as an association, not as an effect.",
    },
    Verdict.NOT_FOUND: {
        "id": "{name}: tidak ditemukan bukti perubahan setelah mulai. Ini bukan bukti bahwa tidak ada "
        "dampak.",
        "en": "{name}: no evidence of a change after the start was found. This is no evidence that there is "
        "no effect.",
    },
    Verdict.BETTER: {
        "id": "{name}: data sejalan dengan perbaikan setelah mulai, sejauh asumsi di bawah ini berlaku.",
        "en": "{name}: the data are consistent with an improvement after the start, as far as the "
        "assumptions below hold.",
    },
    Verdict.WORSE: {
        "id": "{name}: data sejalan dengan penurunan mutu setelah mulai, sejauh asumsi di bawah ini berlaku.",
        "en": "{name}: the data are consistent with a worsening after the start, as far as the assumptions "
        "below hold.",
    },
    Verdict.CHANGED: {
        "id": "{name}: data sejalan dengan perubahan setelah mulai, sejauh asumsi di bawah ini berlaku. Naik "
        "atau turunnya tidak berarti lebih baik atau lebih buruk.",
        "en": "{name}: the data are consistent with a change after the start, as far as the assumptions "
        "below hold. Neither direction of it is better.",
    },
}
SIZE: Texts = {
    "id": "Selisih terhadap pembanding, rata-rata sejak mulai: {value} {unit} (interval 95 %: {low} sampai "
    "{high} {unit}).",
    "en": "Difference to the regions compared with, on average since the start: {value} {unit} (95 % "
    "interval: {low} to {high} {unit}).",
}
SIZE_ALONE: Texts = {
    "id": "Selisih terhadap pembanding, rata-rata sejak mulai: {value} {unit}, tanpa interval.",
    "en": "Difference to the regions compared with, on average since the start: {value} {unit}, without an "
    "interval.",
}
DETECTABLE: Texts = {
    "id": "Dengan data ini, dampak di bawah {value} {unit} kemungkinan besar tidak akan terlihat (peluang "
    "terdeteksi kurang dari 80 %).",
    "en": "With these data, an effect below {value} {unit} would probably go unseen (a chance of less than "
    "80 % to be found).",
}
COMPARED: dict[Controls, Texts] = {
    Controls.NEVER: {
        "id": "Dibandingkan: {compared} dari {started} daerah yang mulai, dengan {without} daerah yang belum "
        "mulai sampai akhir data ({first} sampai {last}).",
        "en": "Compared: {compared} of {started} regions that started with {without} regions that had not "
        "started by the end of the data ({first} to {last}).",
    },
    Controls.NOT_YET: {
        "id": "Dibandingkan: {compared} dari {started} daerah yang mulai, dengan {without} daerah yang belum "
        "mulai sampai akhir data dan, tiap bulan, dengan yang mulai kemudian ({first} sampai {last}).",
        "en": "Compared: {compared} of {started} regions that started with {without} regions that had not "
        "started by the end of the data and, each month, with those that start later ({first} to {last}).",
    },
}
WEIGHED: dict[Weights, Texts] = {
    Weights.REGIONS: {
        "id": "Setiap daerah dihitung sama, besar atau kecil.",
        "en": "Every region counts the same, large or small.",
    },
    Weights.RECORDS: {
        "id": "Daerah dihitung menurut jumlah catatannya sebelum ada yang mulai.",
        "en": "Regions count by the number of their records before any had started.",
    },
}
PRE_TREND: dict[bool, Texts] = {
    True: {
        "id": "Uji {months} bulan sebelum mulai menemukan perbedaan gerak (p {p}).",
        "en": "The test of {months} months before the start found that they moved differently (p {p}).",
    },
    False: {
        "id": "Uji {months} bulan sebelum mulai tidak menemukan perbedaan gerak (p {p}); perbedaan kecil "
        "dapat lolos dari uji ini.",
        "en": "The test of {months} months before the start found no difference in how they moved (p {p}); "
        "a small one can escape this test.",
    },
}
PLACEBO: dict[bool, Texts] = {
    True: {
        "id": "Tanggal mulai semu, {months} bulan lebih awal, menunjukkan selisih {value} {unit} (p {p}), "
        "padahal seharusnya tidak ada.",
        "en": "A start pretended {months} months earlier shows a difference of {value} {unit} (p {p}), where "
        "there should be none.",
    },
    False: {
        "id": "Tanggal mulai semu, {months} bulan lebih awal, tidak menunjukkan selisih yang nyata ({value} "
        "{unit}, p {p}).",
        "en": "A start pretended {months} months earlier shows no clear difference ({value} {unit}, p {p}).",
    },
}
TWO_WAY: Texts = {
    "id": "Sebagai pembanding saja: regresi efek tetap dua arah memberi {value} {unit}. Angka itu bias bila "
    "dampak berbeda antarkelompok atau tumbuh (Goodman-Bacon); bobot negatifnya {negative} %.",
    "en": "For comparison only: a two-way fixed-effects regression gives {value} {unit}. It is biased where "
    "the effect differs between cohorts or grows (Goodman-Bacon); its negative weights are {negative} %.",
}
NOTES: dict[Note, Texts] = {
    Note.FEW_CLUSTERS: {
        "id": "Hanya ada {clusters} kelompok untuk menilai ketidakpastian: interval bisa terlalu sempit.",
        "en": "There are only {clusters} clusters to judge the uncertainty by: the interval may be too "
        "narrow.",
    },
    Note.FEW_STARTED: {
        "id": "Pada sisi yang lebih kecil hanya ada {side} kelompok: satu daerah saja dapat mengubah hasil.",
        "en": "There are only {side} clusters on the smaller side: a single region can change the result.",
    },
    Note.ONE_COHORT: {
        "id": "Semua mulai pada bulan yang sama: apa pun yang lain yang terjadi pada mereka sejak bulan itu "
        "tidak dapat dipisahkan dari mulainya.",
        "en": "All started in the same month: whatever else happened to them from that month on cannot be "
        "told apart from the start.",
    },
    Note.VALUES_MISSING: {
        "id": "{missing} dari {cells} nilai daerah-bulan tidak ada. Bila ketiadaannya berkaitan dengan mutu "
        "layanan, hasilnya bias.",
        "en": "{missing} of {cells} region-months have no value. If that has to do with the quality of "
        "service, the result is biased.",
    },
    Note.MONTHS_SILENT: {
        "id": "Tidak ada nilai sama sekali pada {silent}.",
        "en": "There is no value at all in {silent}.",
    },
    Note.CELLS_LEFT_OUT: {
        "id": "{left_out} pasangan kelompok-bulan setelah mulai tidak ada pembandingnya atau nilainya, dan "
        "tidak ikut dihitung.",
        "en": "{left_out} cohort-months after a start have nothing to compare with, or no values, and do not "
        "count.",
    },
    Note.NOT_TESTED_BEFORE: {
        "id": "Bulan-bulan sebelum mulai tidak dapat diuji: terlalu sedikit bulan atau daerah.",
        "en": "The months before the start could not be tested: too few months or regions.",
    },
}
ASIDE: dict[Aside, Texts] = {
    Aside.STARTED_BEFORE: {
        "id": "Tidak ikut, karena mulai sebelum data ada: {n} daerah.",
        "en": "Left out, because they started before the data begin: {n} regions.",
    },
    Aside.NO_VALUES: {
        "id": "Tidak ikut, karena tanpa nilai: {n} daerah.",
        "en": "Left out, without any value: {n} regions.",
    },
    Aside.NO_RECORDS_BEFORE: {
        "id": "Tidak ikut, karena tanpa catatan sebelum ada yang mulai: {n} daerah.",
        "en": "Left out, without records before any start: {n} regions.",
    },
}
OBSTACLES: dict[Obstacle, Texts] = {
    Obstacle.NO_VALUES: {
        "id": "{name}: dampak tidak dapat dihitung, karena tidak ada satu pun nilai bulanan.",
        "en": "{name}: no effect can be computed, because there is not one monthly value.",
    },
    Obstacle.ONE_MONTH: {
        "id": "{name}: dampak tidak dapat dihitung dari satu bulan; perlu bulan sebelum dan sesudah mulai.",
        "en": "{name}: no effect can be computed from one month; it takes months before and after a start.",
    },
    Obstacle.NO_START: {
        "id": "{name}: dampak tidak dapat dihitung, karena tidak ada daerah yang mulai dalam masa data.",
        "en": "{name}: no effect can be computed, because no region started within the data.",
    },
    Obstacle.ALL_STARTED_BEFORE: {
        "id": "{name}: dampak tidak dapat dihitung, karena semua daerah yang mulai sudah mulai sebelum "
        "data ada.",
        "en": "{name}: no effect can be computed, because all regions that started did so before the data "
        "begin.",
    },
    Obstacle.ALL_AT_ONCE: {
        "id": "{name}: dampak tidak dapat dihitung, karena semua daerah mulai pada bulan yang sama dan tidak "
        "ada pembandingnya.",
        "en": "{name}: no effect can be computed, because all regions started in the same month and none is "
        "left to compare with.",
    },
    Obstacle.NO_CONTROL: {
        "id": "{name}: dampak tidak dapat dihitung, karena tidak ada daerah pembanding yang belum mulai.",
        "en": "{name}: no effect can be computed, because there is no region that has not started to compare "
        "with.",
    },
    Obstacle.NO_PAIRS: {
        "id": "{name}: dampak tidak dapat dihitung, karena tidak ada daerah yang mulai dengan nilai pada "
        "bulan sebelum dan sesudahnya beserta pembandingnya.",
        "en": "{name}: no effect can be computed, because no region that started has values in the month "
        "before and after, together with one to compare with.",
    },
}
LIMITS: tuple[Texts, ...] = (
    {
        "id": "Daerah tidak diundi untuk mulai. Bila yang mulai memang sedang membaik (pimpinan, anggaran, "
        "kesiapan), selisihnya bukan dampak MPP Digital.",
        "en": "Regions were not drawn by lot to start. If those that start were improving anyway "
        "(leadership, budget, readiness), the difference is not the effect of MPP Digital.",
    },
    {
        "id": "Pembaruan lain pada waktu yang sama (izin, pegawai, gedung) tidak dapat dipisahkan darinya.",
        "en": "Other reforms at the same time (permits, staff, buildings) cannot be told apart from it.",
    },
    {
        "id": "Bila daerah pembanding ikut merasakan (warga, pegawai, atau aplikasi yang sama), selisih yang "
        "terukur bukan seluruh dampaknya.",
        "en": "If the regions compared with feel it too (the same people, staff or applications), the "
        "difference measured is not the whole effect.",
    },
    {
        "id": "Cara mencatat dapat berubah saat mulai (sistem baru, jam mulai baru): selisih dapat "
        "berasal dari pencatatan, bukan dari layanan.",
        "en": "How things are recorded can change at the start (a new system, another start of the "
        "clock): the difference may come from the records, not from the service.",
    },
    {
        "id": "Kanal digital sendiri mengubah apa yang tercatat: permohonan yang dulu tidak pernah "
        "tercatat kini tercatat, dan yang mudah lebih dulu pindah ke kanal itu.",
        "en": "The digital channel itself changes what is recorded: applications that used to leave no "
        "trace now do, and the easy ones move to it first.",
    },
    {
        "id": "Daerah tanpa tanggal mulai yang diketahui dihitung belum mulai. Bila sebenarnya sudah, dampak "
        "dapat tampak lebih kecil.",
        "en": "A region without a known date of start counts as not started. Where it has in truth, the "
        "effect can look smaller.",
    },
    {
        "id": "Rata-rata ini milik daerah yang sudah mulai; daerah yang belum mulai bisa mengalami hal lain.",
        "en": "This is the average of the regions that have started; those that have not may see "
        "something else.",
    },
)
