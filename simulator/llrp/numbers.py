"""The numbers of LLRP as a reader reads and writes them (LLRP 1.0.1 §16).

What both sides name alike (message types, reports, events, status codes) is the driver's tables'.
What a ROSpec, an AccessSpec and capabilities are made of stands there too, and here once more: the
reader's own reading of the standard, so that a number that is wrong on one side is a refusal in
the tests. A number wrong on both, or in what they share, shows against those who read the standard
without us: captures of real readers (tests/conformance), tshark and llrpkit's emulator
(tests/integration).
"""

from enum import IntEnum, IntFlag


class ReaderParameter(IntEnum):
    """Parameter types that a reader writes or reads, beside what ParameterType is asked for."""

    RECEIVE_SENSITIVITY_TABLE_ENTRY = 139
    PER_ANTENNA_AIR_PROTOCOL = 140
    GPIO_CAPABILITIES = 141
    FREQUENCY_INFORMATION = 146
    FREQUENCY_HOP_TABLE = 147
    FIXED_FREQUENCY_TABLE = 148
    ROSPEC_START_TRIGGER = 179
    PERIODIC_TRIGGER_VALUE = 180
    GPI_TRIGGER_VALUE = 181
    ROSPEC_STOP_TRIGGER = 182
    AISPEC_STOP_TRIGGER = 184
    TAG_OBSERVATION_TRIGGER = 185
    INVENTORY_PARAMETER_SPEC = 186
    ACCESSSPEC = 207
    ACCESSSPEC_STOP_TRIGGER = 208
    ACCESS_COMMAND = 209
    LLRP_CONFIGURATION_STATE_VALUE = 217
    IDENTIFICATION = 218
    GPO_WRITE_DATA = 219
    ANTENNA_PROPERTIES = 221
    ANTENNA_CONFIGURATION = 222
    RF_RECEIVER = 223
    RF_TRANSMITTER = 224
    GPI_PORT_CURRENT_STATE = 225
    TAG_REPORT_CONTENT_SELECTOR = 238
    ACCESS_REPORT_SPEC = 239
    READER_EVENT_NOTIFICATION_SPEC = 244
    EVENT_NOTIFICATION_STATE = 245
    AISPEC_EVENT = 254
    C1G2_LLRP_CAPABILITIES = 327
    UHF_C1G2_RF_MODE_TABLE = 328
    UHF_C1G2_RF_MODE_TABLE_ENTRY = 329
    C1G2_INVENTORY_COMMAND = 330
    C1G2_FILTER = 331
    C1G2_TAG_INVENTORY_MASK = 332
    C1G2_STATE_AWARE_FILTER_ACTION = 333
    C1G2_STATE_UNAWARE_FILTER_ACTION = 334
    C1G2_RF_CONTROL = 335
    C1G2_SINGULATION_CONTROL = 336
    C1G2_TAG_SPEC = 338
    C1G2_TARGET_TAG = 339
    C1G2_READ = 341
    C1G2_WRITE = 342
    C1G2_LOCK = 344
    C1G2_LOCK_PAYLOAD = 345
    C1G2_BLOCK_WRITE = 347
    C1G2_EPC_MEMORY_SELECTOR = 348
    C1G2_READ_RESULT = 349
    C1G2_WRITE_RESULT = 350
    C1G2_LOCK_RESULT = 352
    C1G2_BLOCK_WRITE_RESULT = 354


class ReaderMessage(IntEnum):
    """What a reader is asked of AccessSpecs, versions and reports (LLRP 1.0.1 table 16-1; 1.1 for
    versions).
    """

    ADD_ACCESSSPEC = 40
    DELETE_ACCESSSPEC = 41
    ENABLE_ACCESSSPEC = 42
    DISABLE_ACCESSSPEC = 43
    GET_ACCESSSPECS = 44
    GET_SUPPORTED_VERSION = 46
    SET_PROTOCOL_VERSION = 47
    ADD_ACCESSSPEC_RESPONSE = 50
    DELETE_ACCESSSPEC_RESPONSE = 51
    ENABLE_ACCESSSPEC_RESPONSE = 52
    DISABLE_ACCESSSPEC_RESPONSE = 53
    GET_ACCESSSPECS_RESPONSE = 54
    GET_SUPPORTED_VERSION_RESPONSE = 56
    SET_PROTOCOL_VERSION_RESPONSE = 57
    GET_REPORT = 60


class StartTrigger(IntEnum):
    """LLRP 1.0.1 §10.2.1.1.1."""

    NULL = 0
    IMMEDIATE = 1
    PERIODIC = 2
    GPI = 3


class StopTrigger(IntEnum):
    """LLRP 1.0.1 §10.2.1.1.2 and, with tag observation, §10.2.2.1."""

    NULL = 0
    DURATION = 1
    GPI = 2
    TAG_OBSERVATION = 3


class ReportTrigger(IntEnum):
    """LLRP 1.0.1 §14.2.1."""

    NONE = 0
    END_OF_AISPEC = 1
    END_OF_ROSPEC = 2


class RequestedCapabilities(IntEnum):
    """LLRP 1.0.1 §9.1.1."""

    ALL = 0
    GENERAL_DEVICE = 1
    LLRP = 2
    REGULATORY = 3
    AIR_PROTOCOL = 4


class RequestedConfig(IntEnum):
    """LLRP 1.0.1 §12.1.1."""

    ALL = 0
    IDENTIFICATION = 1
    ANTENNA_PROPERTIES = 2
    ANTENNA_CONFIGURATION = 3
    ROREPORT_SPEC = 4
    READER_EVENT_NOTIFICATION_SPEC = 5
    ACCESS_REPORT_SPEC = 6
    LLRP_CONFIGURATION_STATE_VALUE = 7
    KEEPALIVE_SPEC = 8
    GPI_PORT_CURRENT_STATE = 9
    GPO_WRITE_DATA = 10
    EVENTS_AND_REPORTS = 11


class NotificationEvent(IntEnum):
    """NotificationEventType (LLRP 1.0.1 §13.2.5.1)."""

    HOPPING = 0
    GPI = 1
    ROSPEC = 2
    REPORT_BUFFER_FILL_WARNING = 3
    READER_EXCEPTION = 4
    RF_SURVEY = 5
    AISPEC = 6
    AISPEC_WITH_DETAILS = 7
    ANTENNA = 8


class ReportField(IntFlag):
    """What a TagReportContentSelector asks for, as its bits lie (LLRP 1.0.1 §16.2.7.1)."""

    ROSPEC_ID = 1 << 15
    SPEC_INDEX = 1 << 14
    INVENTORY_PARAMETER_SPEC_ID = 1 << 13
    ANTENNA_ID = 1 << 12
    CHANNEL_INDEX = 1 << 11
    PEAK_RSSI = 1 << 10
    FIRST_SEEN = 1 << 9
    LAST_SEEN = 1 << 8
    TAG_SEEN_COUNT = 1 << 7
    ACCESS_SPEC_ID = 1 << 6


class MemoryField(IntFlag):
    """What a C1G2EPCMemorySelector asks for (LLRP 1.0.1 §16.3.1.5)."""

    CRC = 1 << 7
    PC = 1 << 6
