"""The numbers of LLRP that only a reader needs; the shared ones are in the driver's tables
(LLRP 1.0.1 §16).
"""

from enum import IntEnum, IntFlag


class ReaderParameter(IntEnum):
    """Parameter types that a reader writes or reads, and our driver need not name."""

    RECEIVE_SENSITIVITY_TABLE_ENTRY = 139
    PER_ANTENNA_AIR_PROTOCOL = 140
    GPIO_CAPABILITIES = 141
    FREQUENCY_INFORMATION = 146
    FREQUENCY_HOP_TABLE = 147
    ROSPEC_START_TRIGGER = 179
    ROSPEC_STOP_TRIGGER = 182
    AISPEC_STOP_TRIGGER = 184
    INVENTORY_PARAMETER_SPEC = 186
    LLRP_CONFIGURATION_STATE_VALUE = 217
    IDENTIFICATION = 218
    GPO_WRITE_DATA = 219
    ANTENNA_CONFIGURATION = 222
    TAG_REPORT_CONTENT_SELECTOR = 238
    ACCESS_REPORT_SPEC = 239
    READER_EVENT_NOTIFICATION_SPEC = 244
    EVENT_NOTIFICATION_STATE = 245
    C1G2_LLRP_CAPABILITIES = 327
    UHF_C1G2_RF_MODE_TABLE = 328
    UHF_C1G2_RF_MODE_TABLE_ENTRY = 329
    C1G2_EPC_MEMORY_SELECTOR = 348


class StartTrigger(IntEnum):
    """LLRP 1.0.1 §10.2.1.1.1; periodic and GPI triggers are not simulated."""

    NULL = 0
    IMMEDIATE = 1


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
    """NotificationEventType; the one that this reader can be told to send."""

    ROSPEC = 2


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
