"""The application identifiers of GS1: what each one's value is, and which others it goes with.

A row names its AIs, marks, value, relations and data title (GS1 General Specifications §3.2; the
finer parts of the values are those of the GS1 Barcode Syntax Dictionary). A value is parts:

    n6        six digits                    x..20     1 to 20 characters of character set 82
    [n6]      present only where data are left          y, z      sets 39 and base64url
    n14=check_digit,prefix_2                the rules that the part keeps (gs1.ai.rules)

Marks: `fixed`, the length is predefined, so that no separator follows; `data`, the AI may be an
attribute in the query of a Digital Link URI. Relations: `needs`, one of these groups of AIs has to
be there, too; `bars`, none of these may be; `key`, the AI is the primary key of a Digital Link URI,
with these qualifiers in this order, or with those behind the bar. In them n stands for any digit.
"""

from dataclasses import dataclass

_ROWS = (
    ("00", "fixed data", "n18=check_digit,prefix_2", "key=", "SSCC"),
    ("01", "fixed data", "n14=check_digit,prefix_2", "bars=255,37 key=22,10,21|235", "GTIN"),
    ("02", "fixed data", "n14=check_digit,prefix_2", "bars=01,03 needs=37", "CONTENT"),
    ("03", "fixed", "n14=check_digit,prefix_2", "bars=01,02,37,235", "MTO GTIN"),
    ("10", "data", "x..20", "needs=01,02,03,8006,8026", "BATCH/LOT"),
    ("11", "fixed data", "n6=date_0", "needs=01,02,03,8006,8026", "PROD DATE"),
    ("12", "fixed data", "n6=date_0", "needs=8020", "DUE DATE"),
    ("13", "fixed data", "n6=date_0", "needs=01,02,03,8006,8026", "PACK DATE"),
    ("15", "fixed data", "n6=date_0", "needs=01,02,03,8006,8026", "BEST BEFORE or BEST BY"),
    ("16", "fixed data", "n6=date_0", "needs=01,02,03,8006,8026", "SELL BY"),
    ("17", "fixed data", "n6=date_0", "needs=01,02,03,255,8006,8026", "USE BY or EXPIRY"),
    ("20", "fixed data", "n2", "needs=01,02,03,8006,8026", "VARIANT"),
    ("21", "", "x..20", "needs=01,03,8006 bars=235", "SERIAL"),
    ("22", "", "x..20", "needs=01", "CPV"),
    ("235", "", "x..28", "needs=01", "TPX"),
    ("240", "data", "x..30", "needs=01,02,03,8006,8026", "ADDITIONAL ID"),
    ("241", "data", "x..30", "needs=01,02,03,8006,8026", "CUST. PART No."),
    ("242", "data", "n..6", "needs=01,02,8006,8026", "MTO VARIANT"),
    ("243", "data", "x..20", "needs=01,03", "PCN"),
    ("250", "data", "x..30", "needs=01+21,03+21,8006+21", "SECONDARY SERIAL"),
    ("251", "data", "x..30", "needs=01,03,8006", "REF. TO SOURCE"),
    ("253", "data", "n13=check_digit,prefix [x..17]", "key=", "GDTI"),
    ("254", "", "x..20", "needs=414", "GLN EXTENSION COMPONENT"),
    ("255", "data", "n13=check_digit,prefix [n..12]", "key= bars=01,02,415,8006,8020,8026", "GCN"),
    ("30", "data", "n..8", "needs=01,02", "VAR. COUNT"),
    ("37", "data", "n..8", "needs=00+02,00+8026", "COUNT"),
    ("3900-3909", "data", "n..15", "needs=255,8020 bars=390n,391n,394n,8111", "AMOUNT"),
    ("3910-3919", "data", "n3=currency n..15", "needs=8020 bars=391n", "AMOUNT"),
    (
        "3920-3929",
        "data",
        "n..15",
        "needs=01+30,01+31nn,01+32nn,01+35nn,01+36nn bars=392n,393n",
        "PRICE",
    ),
    ("3930-3939", "data", "n3=currency n..15", "needs=30,31nn,32nn,35nn,36nn bars=393n", "PRICE"),
    ("3940-3943", "data", "n4", "needs=255 bars=394n,8111", "PRCNT OFF"),
    (
        "3950-3955",
        "data",
        "n6",
        "needs=30,31nn,32nn,35nn,36nn bars=392n,393n,395n,8005",
        "PRICE/UoM",
    ),
    ("400", "data", "x..30", "", "ORDER NUMBER"),
    ("401", "data", "x..30=prefix", "key=", "GINC"),
    ("402", "data", "n17=check_digit,prefix", "key=", "GSIN"),
    ("403", "data", "x..30", "needs=00", "ROUTE"),
    ("410", "fixed data", "n13=check_digit,prefix", "", "SHIP TO LOC"),
    ("411", "fixed data", "n13=check_digit,prefix", "", "BILL TO"),
    ("412", "fixed data", "n13=check_digit,prefix", "", "PURCHASE FROM"),
    ("413", "fixed data", "n13=check_digit,prefix", "", "SHIP FOR LOC"),
    ("414", "fixed data", "n13=check_digit,prefix", "key=254|7040", "LOC No."),
    ("415", "fixed data", "n13=check_digit,prefix", "needs=8020 key=8020", "PAY TO"),
    ("416", "fixed data", "n13=check_digit,prefix", "", "PROD/SERV LOC"),
    ("417", "fixed data", "n13=check_digit,prefix", "key=7040", "PARTY"),
    ("420", "data", "x..20", "bars=421", "SHIP TO POST"),
    ("421", "data", "n3=country x..9", "bars=4307", "SHIP TO POST"),
    ("422", "data", "n3=country", "needs=01,02,03,8006,8026 bars=426", "ORIGIN"),
    (
        "423",
        "data",
        "n3=country [n3]=country [n3]=country [n3]=country [n3]=country",
        "needs=01,02,03 bars=426",
        "COUNTRY - INITIAL PROCESS",
    ),
    ("424", "data", "n3=country", "needs=01,02,03 bars=426", "COUNTRY - PROCESS"),
    (
        "425",
        "data",
        "n3=country [n3]=country [n3]=country [n3]=country [n3]=country",
        "needs=01,02,03 bars=426",
        "COUNTRY - DISASSEMBLY",
    ),
    ("426", "data", "n3=country", "needs=01,02,03", "COUNTRY - FULL PROCESS"),
    ("427", "data", "x..3", "needs=01+422,02+422,03+422", "ORIGIN SUBDIVISION"),
    ("4300", "data", "x..35=escapes", "needs=00", "SHIP TO COMP"),
    ("4301", "data", "x..35=escapes", "needs=00", "SHIP TO NAME"),
    ("4302", "data", "x..70=escapes", "needs=00", "SHIP TO ADD1"),
    ("4303", "data", "x..70=escapes", "needs=4302", "SHIP TO ADD2"),
    ("4304", "data", "x..70=escapes", "needs=00", "SHIP TO SUB"),
    ("4305", "data", "x..70=escapes", "needs=00", "SHIP TO LOC"),
    ("4306", "data", "x..70=escapes", "needs=00", "SHIP TO REG"),
    ("4307", "data", "x2=country_2", "needs=00", "SHIP TO COUNTRY"),
    ("4308", "data", "x..30", "needs=00", "SHIP TO PHONE"),
    ("4309", "data", "n10=latitude n10=longitude", "needs=00", "SHIP TO GEO"),
    ("4310", "data", "x..35=escapes", "needs=00", "RTN TO COMP"),
    ("4311", "data", "x..35=escapes", "needs=00", "RTN TO NAME"),
    ("4312", "data", "x..70=escapes", "needs=00", "RTN TO ADD1"),
    ("4313", "data", "x..70=escapes", "needs=4312", "RTN TO ADD2"),
    ("4314", "data", "x..70=escapes", "needs=00", "RTN TO SUB"),
    ("4315", "data", "x..70=escapes", "needs=00", "RTN TO LOC"),
    ("4316", "data", "x..70=escapes", "needs=00", "RTN TO REG"),
    ("4317", "data", "x2=country_2", "needs=00", "RTN TO COUNTRY"),
    ("4318", "data", "x..20", "needs=00", "RTN TO POST"),
    ("4319", "data", "x..30", "needs=00", "RTN TO PHONE"),
    ("4320", "data", "x..35=escapes", "needs=00", "SRV DESCRIPTION"),
    ("4321", "data", "n1=flag", "needs=00", "DANGEROUS GOODS"),
    ("4322", "data", "n1=flag", "needs=00", "AUTH TO LEAVE"),
    ("4323", "data", "n1=flag", "needs=00", "SIG REQUIRED"),
    ("4324", "data", "n6=date_0 n4=clock_or_none", "needs=00", "NOT BEF DEL DT"),
    ("4325", "data", "n6=date_0 n4=clock_or_none", "needs=00", "NOT AFT DEL DT"),
    ("4326", "data", "n6=date", "needs=00", "REL DATE"),
    ("4330", "data", "n6 [x1]=hyphen", "needs=00 bars=4331", "MAX TEMP F."),
    ("4331", "data", "n6 [x1]=hyphen", "needs=00 bars=4330", "MAX TEMP C."),
    ("4332", "data", "n6 [x1]=hyphen", "needs=00 bars=4333", "MIN TEMP F."),
    ("4333", "data", "n6 [x1]=hyphen", "needs=00 bars=4332", "MIN TEMP C."),
    ("7001", "data", "n13", "needs=01,02,8006,8026", "NSN"),
    ("7002", "data", "x..30", "needs=01,02", "MEAT CUT"),
    ("7003", "data", "n6=date n4=clock", "needs=01,02,03", "EXPIRY TIME"),
    ("7004", "data", "n..4", "needs=01+10,03+10", "ACTIVE POTENCY"),
    ("7005", "data", "x..12", "needs=01,02", "CATCH AREA"),
    ("7006", "data", "n6=date", "needs=01,02", "FIRST FREEZE DATE"),
    ("7007", "data", "n6=date [n6]=date", "needs=01,02", "HARVEST DATE"),
    ("7008", "data", "x..3", "needs=01,02", "AQUATIC SPECIES"),
    ("7009", "data", "x..10", "needs=01,02", "FISHING GEAR TYPE"),
    ("7010", "data", "x..2", "needs=01,02,03", "PROD METHOD"),
    ("7011", "data", "n6=date [n4]=clock", "needs=01,02,03", "TEST BY DATE"),
    ("7020", "data", "x..20", "needs=01+416,03+416,8006+416", "REFURB LOT"),
    ("7021", "data", "x..20", "needs=01,03,8006", "FUNC STAT"),
    ("7022", "data", "x..20", "needs=01+7021,03+7021,8006+7021", "REV STAT"),
    ("7023", "data", "x..30=prefix", "", "GIAI - ASSEMBLY"),
    ("7030-7039", "data", "n3=country_999 x..27", "needs=01,02", "PROCESSOR # {}"),
    ("7040", "", "n1 x1 x1 x1=importer", "", "UIC+EXT"),
    ("7041", "", "x..4=package", "needs=00", "UFRGT UNIT TYPE"),
    ("710", "data", "x..20", "needs=01", "NHRN PZN"),
    ("711", "data", "x..20", "needs=01", "NHRN CIP"),
    ("712", "data", "x..20", "needs=01", "NHRN CN"),
    ("713", "data", "x..20", "needs=01", "NHRN DRN"),
    ("714", "data", "x..20", "needs=01", "NHRN AIM"),
    ("715", "data", "x..20", "needs=01", "NHRN NDC"),
    ("716", "data", "x..20", "needs=01", "NHRN AIC"),
    ("717", "data", "x..20", "needs=01", "NHRN SRN"),
    ("7230-7239", "data", "x2 x..28", "needs=01,8004", "CERT # {}"),
    ("7240", "data", "x..20", "needs=01,8006 bars=03", "PROTOCOL"),
    ("7241", "data", "n2=medium", "needs=8017,8018", "AIDC MEDIA TYPE"),
    ("7242", "data", "x..25", "needs=8017,8018", "VCN"),
    ("7250", "data", "n8=date_8", "needs=8018 bars=7251", "DOB"),
    ("7251", "data", "n8=date_8 n4=clock", "needs=8018 bars=7250", "DOB TIME"),
    ("7252", "data", "n1=sex", "needs=8018", "BIO SEX"),
    ("7253", "data", "x..40=escapes", "needs=8017,8018 bars=7256,7259", "FAMILY NAME"),
    ("7254", "data", "x..40=escapes", "needs=8017,8018 bars=7256,7259", "GIVEN NAME"),
    ("7255", "data", "x..10", "needs=8017,8018 bars=7256,7259", "SUFFIX"),
    ("7256", "data", "x..90=escapes", "needs=8017,8018", "FULL NAME"),
    ("7257", "data", "x..70=escapes", "needs=8018", "PERSON ADDR"),
    ("7258", "data", "x3=position", "needs=8018+7259", "BIRTH SEQUENCE"),
    ("7259", "data", "x..40=escapes", "needs=8018 bars=7256", "BABY"),
    ("8001", "data", "n4=nonzero n5=nonzero n3=nonzero n1=winding n1", "needs=01", "DIMENSIONS"),
    ("8002", "data", "x..20", "", "CMT No."),
    ("8003", "data", "n1=zero n13=check_digit,prefix [x..16]", "key=", "GRAI"),
    ("8004", "data", "x..30=prefix", "key=7040", "GIAI"),
    ("8005", "data", "n6", "needs=01,02", "PRICE PER UNIT"),
    ("8006", "data", "n14=check_digit,prefix_2 n4=piece", "bars=01,03,37 key=22,10,21", "ITIP"),
    ("8007", "data", "x..34=iban", "needs=415", "IBAN"),
    ("8008", "data", "n6=date n2=hour [n2]=minute [n2]=second", "needs=01,02,03", "PROD TIME"),
    ("8009", "data", "x..50", "needs=00,01,03", "OPTSEN"),
    ("8010", "data", "y..30=prefix", "key=8011", "CPID"),
    ("8011", "", "n..12=no_leading_zero", "needs=8010", "CPID SERIAL"),
    ("8012", "data", "x..20", "needs=01,03,8006", "VERSION"),
    ("8013", "data", "x..25=check_pair,prefix", "key=", "GMN"),
    ("8014", "", "x..25=check_pair,prefix,not_digits", "needs=01", "MUDI"),
    ("8017", "data", "n18=check_digit,prefix", "bars=8018 key=8019", "GSRN - PROVIDER"),
    ("8018", "data", "n18=check_digit,prefix", "bars=8017 key=8019", "GSRN - RECIPIENT"),
    ("8019", "", "n..10", "needs=8017,8018", "SRIN"),
    ("8020", "", "x..25", "needs=415", "REF No."),
    (
        "8026",
        "data",
        "n14=check_digit,prefix_2 n4=piece",
        "needs=37 bars=02,03,8006",
        "ITIP CONTENT",
    ),
    (
        "8030",
        "data",
        "z..90",
        "needs=00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018",
        "DIGSIG",
    ),
    ("8040", "", "n15", "needs=01+21", "IMEI"),
    ("8041", "", "n15", "needs=01+21+8040", "IMEI2"),
    ("8042", "", "n32", "needs=01+21+8040", "ESIM"),
    ("8043", "", "n18 [n..2]", "needs=01+21+8040", "PSIM"),
    ("8110", "data", "x..70=coupon", "", ""),
    ("8111", "data", "n4", "needs=255", "POINTS"),
    ("8112", "data", "x..70=offer", "", ""),
    ("8200", "", "x..70", "needs=01", "PRODUCT URL"),
    ("90", "data", "x..30", "", "INTERNAL"),
    ("91-99", "data", "x..90", "", "INTERNAL"),
)

# Measures: the first three of the AI's four digits (the fourth counts decimals), the unit's code of
# UN/ECE Recommendation 20, what it has to go with, the title. All are six digits, `fixed` and
# `data`, and bar themselves with other decimals.
_MEASURES = (
    ("310", "KGM", "01,02", "NET WEIGHT (kg)"),
    ("311", "MTR", "01,02", "LENGTH (m)"),
    ("312", "MTR", "01,02", "WIDTH (m)"),
    ("313", "MTR", "01,02", "HEIGHT (m)"),
    ("314", "MTK", "01,02", "AREA (m²)"),
    ("315", "LTR", "01,02", "NET VOLUME (l)"),
    ("316", "MTQ", "01,02", "NET VOLUME (m³)"),
    ("320", "LBR", "01,02", "NET WEIGHT (lb)"),
    ("321", "INH", "01,02", "LENGTH (in)"),
    ("322", "FOT", "01,02", "LENGTH (ft)"),
    ("323", "YRD", "01,02", "LENGTH (yd)"),
    ("324", "INH", "01,02", "WIDTH (in)"),
    ("325", "FOT", "01,02", "WIDTH (ft)"),
    ("326", "YRD", "01,02", "WIDTH (yd)"),
    ("327", "INH", "01,02", "HEIGHT (in)"),
    ("328", "FOT", "01,02", "HEIGHT (ft)"),
    ("329", "YRD", "01,02", "HEIGHT (yd)"),
    ("330", "KGM", "00,01", "GROSS WEIGHT (kg)"),
    ("331", "MTR", "00,01", "LENGTH (m), log"),
    ("332", "MTR", "00,01", "WIDTH (m), log"),
    ("333", "MTR", "00,01", "HEIGHT (m), log"),
    ("334", "MTK", "00,01", "AREA (m²), log"),
    ("335", "LTR", "00,01", "VOLUME (l), log"),
    ("336", "MTQ", "00,01", "VOLUME (m³), log"),
    ("337", "28", "01", "KG PER m²"),
    ("340", "LBR", "00,01", "GROSS WEIGHT (lb)"),
    ("341", "INH", "00,01", "LENGTH (in), log"),
    ("342", "FOT", "00,01", "LENGTH (ft), log"),
    ("343", "YRD", "00,01", "LENGTH (yd), log"),
    ("344", "INH", "00,01", "WIDTH (in), log"),
    ("345", "FOT", "00,01", "WIDTH (ft), log"),
    ("346", "YRD", "00,01", "WIDTH (yd), log"),
    ("347", "INH", "00,01", "HEIGHT (in), log"),
    ("348", "FOT", "00,01", "HEIGHT (ft), log"),
    ("349", "YRD", "00,01", "HEIGHT (yd), log"),
    ("350", "INK", "01,02", "AREA (in²)"),
    ("351", "FTK", "01,02", "AREA (ft²)"),
    ("352", "YDK", "01,02", "AREA (yd²)"),
    ("353", "INK", "00,01", "AREA (in²), log"),
    ("354", "FTK", "00,01", "AREA (ft²), log"),
    ("355", "YDK", "00,01", "AREA (yd²), log"),
    ("356", "APZ", "01,02", "NET WEIGHT (tr oz)"),
    ("357", "OZA", "01,02", "NET VOLUME (oz)"),
    ("360", "QTL", "01,02", "NET VOLUME (qt (US))"),
    ("361", "GLL", "01,02", "NET VOLUME (gal.)"),
    ("362", "QTL", "00,01", "VOLUME (qt (US)), log"),
    ("363", "GLL", "00,01", "VOLUME (gal (US)), log"),
    ("364", "INQ", "01,02", "NET VOLUME (in³)"),
    ("365", "FTQ", "01,02", "NET VOLUME (ft³)"),
    ("366", "YDQ", "01,02", "NET VOLUME (yd³)"),
    ("367", "INQ", "00,01", "VOLUME (in³), log"),
    ("368", "FTQ", "00,01", "VOLUME (ft³), log"),
    ("369", "YDQ", "00,01", "VOLUME (yd³), log"),
)

DECIMALS_MAX = 5  # of a measure: AI 3100 to 3105


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value that is judged by itself."""

    kind: str  # "n", "x", "y" or "z"
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]  # names in gs1.ai.rules


@dataclass(frozen=True, slots=True)
class Ai:
    """An application identifier, with everything that a value of it is judged by."""

    code: str
    title: str
    parts: tuple[Part, ...]
    fixed: bool  # predefined length: no separator needed behind it
    attribute: bool  # may be in the query of a Digital Link URI
    needs: tuple[tuple[str, ...], ...]  # one of these groups; patterns, n = any digit
    bars: tuple[str, ...]  # patterns
    qualifiers: (
        tuple[tuple[str, ...], ...] | None
    )  # of a primary key: the sequences that may follow
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Measure:
    """What a measure's AI counts in, without its last digit."""

    unit: str  # code of UN/ECE Recommendation 20
    logistic: bool  # of a logistic unit, packaging and all; else of the trade item


def _part(text: str) -> Part:
    optional = text.startswith("[")
    form, _, rules = text.replace("[", "").replace("]", "").partition("=")
    length = form[1:].removeprefix("..")
    return Part(
        kind=form[0],
        least=1 if ".." in form else int(length),
        most=int(length),
        optional=optional,
        rules=tuple(rules.split(",")) if rules else (),
    )


def _codes(span: str) -> list[str]:
    first, _, last = span.partition("-")
    return [f"{code:0{len(first)}}" for code in range(int(first), int(last or first) + 1)]


def _ais(span: str, marks: str, form: str, relations: str, title: str) -> list[Ai]:
    parts = tuple(_part(text) for text in form.split())
    named = dict(relation.split("=", 1) for relation in relations.split())
    needs, bars, key = named.get("needs"), named.get("bars"), named.get("key")
    return [
        Ai(
            code=code,
            title=title.format(place) if "{}" in title else title,
            parts=parts,
            fixed="fixed" in marks,
            attribute="data" in marks,
            needs=tuple(tuple(group.split("+")) for group in needs.split(",")) if needs else (),
            bars=tuple(bars.split(",")) if bars else (),
            qualifiers=None if key is None else _sequences(key),
            least=sum(part.least for part in parts if not part.optional),
            most=sum(part.most for part in parts),
        )
        for place, code in enumerate(_codes(span), start=1 if title.startswith("CERT") else 0)
    ]


def _sequences(key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(sequence.split(",")) for sequence in key.split("|")) if key else ()


def _measure_rows() -> list[tuple[str, str, str, str, str]]:
    return [
        (f"{stem}0-{stem}{DECIMALS_MAX}", "fixed data", "n6", f"needs={needs} bars={stem}n", title)
        for stem, _, needs, title in _MEASURES
    ]


AIS: dict[str, Ai] = {ai.code: ai for row in (*_ROWS, *_measure_rows()) for ai in _ais(*row)}

MEASURES: dict[str, Measure] = {
    stem: Measure(unit, logistic="00" in needs) for stem, unit, needs, _ in _MEASURES
}

# The first two digits tell how long an AI is (GS1 General Specifications §7.8.1).
CODE_LENGTHS: dict[str, int] = {code[:2]: len(code) for code in AIS}
