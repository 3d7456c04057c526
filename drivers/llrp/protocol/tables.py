"""The numbers of LLRP: message and parameter types, status codes, sizes (LLRP 1.0.1 §16, §17)."""

from enum import IntEnum


class MessageType(IntEnum):
    """LLRP 1.0.1 §16.1 and table 16-1."""

    GET_READER_CAPABILITIES = 1
    GET_READER_CONFIG = 2
    SET_READER_CONFIG = 3
    CLOSE_CONNECTION_RESPONSE = 4
    GET_READER_CAPABILITIES_RESPONSE = 11
    GET_READER_CONFIG_RESPONSE = 12
    SET_READER_CONFIG_RESPONSE = 13
    CLOSE_CONNECTION = 14
    ADD_ROSPEC = 20
    DELETE_ROSPEC = 21
    START_ROSPEC = 22
    STOP_ROSPEC = 23
    ENABLE_ROSPEC = 24
    DISABLE_ROSPEC = 25
    GET_ROSPECS = 26
    ADD_ACCESSSPEC = 40
    DELETE_ACCESSSPEC = 41
    ENABLE_ACCESSSPEC = 42
    GET_ACCESSSPECS = 44
    GET_SUPPORTED_VERSION = 46  # LLRP 1.1
    SET_PROTOCOL_VERSION = 47  # LLRP 1.1
    GET_SUPPORTED_VERSION_RESPONSE = 56  # LLRP 1.1
    ADD_ROSPEC_RESPONSE = 30
    DELETE_ROSPEC_RESPONSE = 31
    START_ROSPEC_RESPONSE = 32
    STOP_ROSPEC_RESPONSE = 33
    ENABLE_ROSPEC_RESPONSE = 34
    DISABLE_ROSPEC_RESPONSE = 35
    GET_ROSPECS_RESPONSE = 36
    RO_ACCESS_REPORT = 61
    KEEPALIVE = 62
    READER_EVENT_NOTIFICATION = 63
    ENABLE_EVENTS_AND_REPORTS = 64
    KEEPALIVE_ACK = 72
    ERROR_MESSAGE = 100
    CUSTOM_MESSAGE = 1023


class ParameterType(IntEnum):
    """Those that we read or write (LLRP 1.0.1 table 17-1). Up to 127 they are TV-encoded."""

    ANTENNA_ID = 1
    FIRST_SEEN_UTC = 2
    FIRST_SEEN_UPTIME = 3
    LAST_SEEN_UTC = 4
    LAST_SEEN_UPTIME = 5
    PEAK_RSSI = 6
    CHANNEL_INDEX = 7
    TAG_SEEN_COUNT = 8
    ROSPEC_ID = 9
    INVENTORY_PARAMETER_SPEC_ID = 10
    C1G2_CRC = 11
    C1G2_PC = 12
    EPC_96 = 13
    SPEC_INDEX = 14
    CLIENT_REQUEST_OP_SPEC_RESULT = 15
    ACCESS_SPEC_ID = 16
    OP_SPEC_ID = 17
    C1G2_SINGULATION_DETAILS = 18
    C1G2_XPC_W1 = 19
    C1G2_XPC_W2 = 20

    UTC_TIMESTAMP = 128
    UPTIME = 129
    GENERAL_DEVICE_CAPABILITIES = 137
    LLRP_CAPABILITIES = 142
    REGULATORY_CAPABILITIES = 143
    UHF_BAND_CAPABILITIES = 144
    TRANSMIT_POWER_LEVEL_TABLE_ENTRY = 145
    ROSPEC = 177
    ROBOUNDARY_SPEC = 178
    AISPEC = 183
    ACCESS_SPEC = 207
    ACCESS_SPEC_STOP_TRIGGER = 208
    ACCESS_COMMAND = 209
    GPO_WRITE_DATA = 219
    KEEPALIVE_SPEC = 220
    ANTENNA_PROPERTIES = 221
    GPI_PORT_CURRENT_STATE = 225
    EVENTS_AND_REPORTS = 226
    ROREPORT_SPEC = 237
    ACCESS_REPORT_SPEC = 239
    TAG_REPORT_DATA = 240
    EPC_DATA = 241
    READER_EVENT_NOTIFICATION_DATA = 246
    GPI_EVENT = 248
    ROSPEC_EVENT = 249
    REPORT_BUFFER_LEVEL_WARNING_EVENT = 250
    REPORT_BUFFER_OVERFLOW_ERROR_EVENT = 251
    READER_EXCEPTION_EVENT = 252
    ANTENNA_EVENT = 255
    CONNECTION_ATTEMPT_EVENT = 256
    CONNECTION_CLOSE_EVENT = 257
    LLRP_STATUS = 287
    C1G2_TAG_SPEC = 338
    C1G2_TARGET_TAG = 339
    C1G2_READ = 341
    C1G2_WRITE = 342
    C1G2_LOCK = 344
    C1G2_LOCK_PAYLOAD = 345
    CUSTOM = 1023


TV_TYPE_MAX = 127

# Bytes of a TV parameter's value; the type byte in front of it says the rest (LLRP 1.0.1 §17.1).
TV_VALUE_BYTES: dict[int, int] = {
    ParameterType.ANTENNA_ID: 2,
    ParameterType.FIRST_SEEN_UTC: 8,
    ParameterType.FIRST_SEEN_UPTIME: 8,
    ParameterType.LAST_SEEN_UTC: 8,
    ParameterType.LAST_SEEN_UPTIME: 8,
    ParameterType.PEAK_RSSI: 1,
    ParameterType.CHANNEL_INDEX: 2,
    ParameterType.TAG_SEEN_COUNT: 2,
    ParameterType.ROSPEC_ID: 4,
    ParameterType.INVENTORY_PARAMETER_SPEC_ID: 2,
    ParameterType.C1G2_CRC: 2,
    ParameterType.C1G2_PC: 2,
    ParameterType.EPC_96: 12,
    ParameterType.SPEC_INDEX: 2,
    ParameterType.CLIENT_REQUEST_OP_SPEC_RESULT: 2,
    ParameterType.ACCESS_SPEC_ID: 4,
    ParameterType.OP_SPEC_ID: 2,
    ParameterType.C1G2_SINGULATION_DETAILS: 4,
    ParameterType.C1G2_XPC_W1: 2,
    ParameterType.C1G2_XPC_W2: 2,
}


class StatusCode(IntEnum):
    """LLRP 1.0.1 §14.2.2 and table 14-1; only those that we name."""

    SUCCESS = 0
    PARAMETER_ERROR = 100
    FIELD_ERROR = 101
    UNSUPPORTED_MESSAGE = 109
    UNSUPPORTED_VERSION = 110
    DEVICE_ERROR = 401


class ConnectionAttempt(IntEnum):
    """LLRP 1.0.1 §13.2.6.11."""

    SUCCESS = 0
    READER_INITIATED_EXISTS = 1
    CLIENT_INITIATED_EXISTS = 2
    OTHER_REASON = 3
    ANOTHER_ATTEMPTED = 4


class RoSpecState(IntEnum):
    """LLRP 1.0.1 §10.2.1."""

    DISABLED = 0
    INACTIVE = 1
    ACTIVE = 2


class SpecParameter(IntEnum):
    """What a ROSpec is made of, beside what ParameterType names (LLRP 1.0.1 §17.2.4 to §17.3.1)."""

    ROSPEC_START_TRIGGER = 179
    PERIODIC_TRIGGER_VALUE = 180
    GPI_TRIGGER_VALUE = 181
    ROSPEC_STOP_TRIGGER = 182
    AISPEC_STOP_TRIGGER = 184
    INVENTORY_PARAMETER_SPEC = 186
    ANTENNA_CONFIGURATION = 222
    RF_RECEIVER = 223
    RF_TRANSMITTER = 224
    TAG_REPORT_CONTENT_SELECTOR = 238
    C1G2_INVENTORY_COMMAND = 330
    C1G2_FILTER = 331
    C1G2_TAG_INVENTORY_MASK = 332
    C1G2_STATE_UNAWARE_FILTER_ACTION = 334
    C1G2_RF_CONTROL = 335
    C1G2_SINGULATION_CONTROL = 336
    C1G2_EPC_MEMORY_SELECTOR = 348


class CapabilityParameter(IntEnum):
    """What capabilities are made of, beside what ParameterType names (LLRP 1.0.1 §17.2.3)."""

    RECEIVE_SENSITIVITY_TABLE_ENTRY = 139
    PER_ANTENNA_AIR_PROTOCOL = 140
    GPIO_CAPABILITIES = 141
    FREQUENCY_INFORMATION = 146
    FREQUENCY_HOP_TABLE = 147
    FIXED_FREQUENCY_TABLE = 148
    PER_ANTENNA_RECEIVE_SENSITIVITY_RANGE = 149
    C1G2_LLRP_CAPABILITIES = 327
    C1G2_RF_MODE_TABLE = 328
    C1G2_RF_MODE_TABLE_ENTRY = 329
    MAXIMUM_RECEIVE_SENSITIVITY = 363  # LLRP 1.1


class RoSpecStart(IntEnum):
    """ROSpecStartTriggerType (LLRP 1.0.1 §10.2.1.1.1)."""

    NULL = 0
    IMMEDIATE = 1
    PERIODIC = 2
    GPI = 3


class SpecStop(IntEnum):
    """Stop trigger types of ROSpecs and AISpecs (LLRP 1.0.1 §10.2.1.1.2, §10.2.2.1)."""

    NULL = 0
    DURATION = 1
    GPI = 2


class ReportTrigger(IntEnum):
    """ROReportTrigger (LLRP 1.0.1 §13.2.1; from 4 on LLRP 1.1)."""

    TAGS_OR_END_OF_AISPEC = 1
    TAGS_OR_END_OF_ROSPEC = 2
    SECONDS_OR_END_OF_ROSPEC = 4
    MILLISECONDS_OR_END_OF_ROSPEC = 6


class Vendor(IntEnum):
    """IANA private enterprise numbers of makers of readers, as far as they are certain."""

    MOTOROLA = 161  # also Zebra's
    ALIEN = 17996
    IMPINJ = 25882


class ImpinjParameter(IntEnum):
    """Subtypes of Impinj's custom parameters."""

    REQUESTED_DATA = 21
    INVENTORY_SEARCH_MODE = 23
    FIXED_FREQUENCY_LIST = 26
    LOW_DUTY_CYCLE = 28
    READER_TEMPERATURE = 37
    LINK_MONITOR_CONFIGURATION = 38
    REPORT_BUFFER_CONFIGURATION = 39
    TAG_REPORT_CONTENT_SELECTOR = 50
    ENABLE_SERIALIZED_TID = 51
    ENABLE_RF_PHASE_ANGLE = 52
    ENABLE_PEAK_RSSI = 53
    ENABLE_RF_DOPPLER_FREQUENCY = 67


IMPINJ_ENABLE_EXTENSIONS = 21  # subtype of the custom message
IMPINJ_TEMPERATURE = 2004  # of ImpinjRequestedData: the reader's temperature


class OpSpecKind(IntEnum):
    """What was done to a tag's memory: the types of C1G2 OpSpecResults (LLRP 1.0.1 §16.3.1.5)."""

    READ = 349
    WRITE = 350
    KILL = 351
    LOCK = 352
    BLOCK_ERASE = 353
    BLOCK_WRITE = 354


_MEMORY_RESULTS = (
    "success",
    "tag memory overrun",
    "tag memory locked",
    "insufficient power",
    "nonspecific tag error",
    "no response from tag",
    "nonspecific reader error",
)

# What the result code of each says, from 0 on (LLRP 1.0.1 §16.3.1.5).
OP_SPEC_RESULTS: dict[OpSpecKind, tuple[str, ...]] = {
    OpSpecKind.READ: (
        "success",
        "nonspecific tag error",
        "no response from tag",
        "nonspecific reader error",
        "memory overrun",  # from LLRP 1.1 on, as the next
        "memory locked",
    ),
    OpSpecKind.WRITE: _MEMORY_RESULTS,
    OpSpecKind.KILL: (
        "success",
        "zero kill password",
        "insufficient power",
        "nonspecific tag error",
        "no response from tag",
        "nonspecific reader error",
    ),
    OpSpecKind.LOCK: (
        "success",
        "insufficient power",
        "nonspecific tag error",
        "no response from tag",
        "nonspecific reader error",
    ),
    OpSpecKind.BLOCK_ERASE: _MEMORY_RESULTS,
    OpSpecKind.BLOCK_WRITE: _MEMORY_RESULTS,
}
