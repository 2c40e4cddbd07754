"""Writes one column `v` of each type that pyarrow has, as Arrow and Parquet files, and prints what pyarrow reads in them.

    python3 pyarrow-files.py FOLDER

A line of JSON for each file: its name, the type, and the values, in the forms that a pond's SQL has (whole numbers beyond
2^53 and decimals as text, bytes in base64, times as ISO 8601 without needless zeros, intervals as DuckDB spells them).
"""
import base64, datetime, decimal, json, math, os, sys
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

folder = sys.argv[1]
D = decimal.Decimal


def fraction(nanos):
    return ('.%09d' % nanos).rstrip('0').rstrip('.')


def clock(nanos):
    seconds, rest = divmod(nanos, 10**9)
    return '%02d:%02d:%02d' % (seconds // 3600, seconds // 60 % 60, seconds % 60) + fraction(rest)


def interval(months, days, nanos):
    parts = [f'{count} {unit}' + ('' if abs(count) == 1 else 's') for count, unit in ((months, 'month'), (days, 'day')) if count]
    return ' '.join(parts + [('-' if nanos < 0 else '') + clock(abs(nanos))] if nanos or not parts else parts)


PER_SECOND = {'s': 1, 'ms': 10**3, 'us': 10**6, 'ns': 10**9}


def form(type, value):
    """Of a value as `counted` gives it."""
    t = pa.types
    if value is None:
        return None
    if t.is_dictionary(type):
        return form(type.value_type, value)
    if t.is_run_end_encoded(type):
        return form(type.value_type, value)
    if t.is_integer(type):
        return value if abs(value) < 2**53 else str(value)
    if t.is_floating(type):
        if math.isnan(value):
            return 'NaN'
        return value if math.isfinite(value) else ('Infinity' if value > 0 else '-Infinity')
    if t.is_decimal(type):
        return format(value, 'f')
    if t.is_date(type):
        return value.isoformat()
    if t.is_time(type):
        return clock(value * 10**9 // PER_SECOND[type.unit])
    if t.is_timestamp(type):
        days, nanos = divmod(value * (10**9 // PER_SECOND[type.unit]), 86_400 * 10**9)
        day = (datetime.date(1970, 1, 1) + datetime.timedelta(days)).isoformat()
        return day + 'T' + clock(nanos) + ('Z' if type.tz else '')
    if t.is_duration(type):
        return interval(0, 0, value * 10**9 // PER_SECOND[type.unit])
    if t.is_interval(type):
        return interval(*value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if t.is_map(type):
        return [{'key': form(type.key_type, k), 'value': form(type.item_type, v)} for k, v in value]
    if t.is_struct(type):
        return {field.name: form(field.type, value[field.name]) for field in type}
    if t.is_nested(type) and not t.is_union(type):
        return [form(type.value_type, item) for item in value]
    return value


def counted(array):
    """Times as counts of their unit, as Python's have no nanoseconds."""
    type = array.type
    if pa.types.is_time(type):
        return array.cast(pa.int32() if type.bit_width == 32 else pa.int64()).to_pylist()
    if pa.types.is_timestamp(type) or pa.types.is_duration(type):
        return array.cast(pa.int64()).to_pylist()
    return array.to_pylist()


def column(type, *values):
    return pa.array(values, type)


ints = [(pa.int8(), 7), (pa.int16(), 15), (pa.int32(), 31), (pa.int64(), 63)]
COLUMNS = [column(type, -(2**bits), None, 0, 2**bits - 1) for type, bits in ints]
COLUMNS += [column(type, 0, None, 2**bits - 1) for type, bits in [(pa.uint8(), 8), (pa.uint16(), 16), (pa.uint32(), 32), (pa.uint64(), 64)]]
COLUMNS += [column(pa.bool_(), True, None, False), pa.nulls(3)]
COLUMNS += [column(type, 1.5, None, -0.0, math.inf, -math.inf, math.nan) for type in (pa.float16(), pa.float32(), pa.float64())]
COLUMNS += [column(pa.float32(), 0.1, 3.4e38, 1e-45), column(pa.float64(), 0.1, 1.7e308, 5e-324)]
texts = ['', None, 'a', 'a text of more than twelve bytes: \u00fc\U0001f986', '\x00', 'line\nend']
COLUMNS += [column(type, *texts) for type in (pa.string(), pa.large_string(), pa.string_view())]
blobs = [b'', None, b'\x00\xff', bytes(range(256))]
COLUMNS += [column(type, *blobs) for type in (pa.binary(), pa.large_binary(), pa.binary_view())]
COLUMNS += [column(pa.binary(4), b'abcd', None, b'\x00\x01\x02\x03'), column(pa.binary(1), b'a', None, b'\xff')]
COLUMNS += [column(type, D('-12.34'), None, D('0.00'), D('99999.99')) for type in (pa.decimal32(7, 2), pa.decimal64(18, 2), pa.decimal128(38, 2), pa.decimal256(38, 2), pa.decimal128(7, 2), pa.decimal128(10, 2))]
COLUMNS += [column(pa.decimal128(38, 0), D('9' * 38), None, D('-' + '9' * 38)), column(pa.decimal256(76, 2), D('9' * 60), None), column(pa.decimal128(38, 38), D('0.1'), None)]
days = [datetime.date(1969, 12, 31), None, datetime.date(1, 1, 1), datetime.date(9999, 12, 31)]
COLUMNS += [column(type, *days) for type in (pa.date32(), pa.date64())]
for unit, per in PER_SECOND.items():
    whole = pa.time32(unit) if per <= 1000 else pa.time64(unit)
    COLUMNS.append(column(whole, 0, None, 86_400 * per - 1))
    for zone in (None, 'UTC', 'America/New_York', '+05:30'):
        COLUMNS.append(column(pa.timestamp(unit, zone), -per, None, 0, 1_709_294_400 * per + (1_000 * (per // 10**6) if per > 1 else 0)))
    COLUMNS.append(column(pa.duration(unit), -per, None, 3_600 * per))
# What SQL has no place for: finer than it keeps.
COLUMNS += [column(pa.timestamp('ns', 'UTC'), 1, None), column(pa.duration('ns'), 1, None), column(pa.timestamp('ns'), 1, None, -1)]
COLUMNS += [column(pa.month_day_nano_interval(), (1, -2, 3_000), None, (0, 0, 0)), column(pa.month_day_nano_interval(), (0, 0, 1), None)]
lists = [[1, None], None, [], [3]]
COLUMNS += [column(make(pa.int32()), *lists) for make in (pa.list_, pa.large_list, pa.list_view, pa.large_list_view)]
COLUMNS += [column(pa.list_(pa.int16(), 2), [1, None], None, [3, 4]), column(pa.list_(pa.string(), 3), ['a', 'b', None], None)]
COLUMNS += [column(pa.list_(pa.list_(pa.string())), [['a'], [], None], None, [])]
COLUMNS += [column(pa.struct([('a', pa.int8()), ('b', pa.string())]), {'a': 1, 'b': 'x'}, None, {'a': None, 'b': None})]
COLUMNS += [column(pa.struct([('a', pa.struct([('b', pa.list_(pa.float64()))]))]), {'a': {'b': [1.5]}}, None, {'a': None})]
COLUMNS += [column(pa.list_(pa.struct([('t', pa.binary())])), [{'t': b'x'}, None], None, [])]
COLUMNS += [column(pa.map_(pa.string(), pa.int64()), [('a', 1), ('b', None)], None, []), column(pa.map_(pa.int32(), pa.list_(pa.string())), [(1, ['x'])], None)]
words = ['x', 'y', None, 'x']
for index in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()):
    COLUMNS.append(column(pa.string(), *words).dictionary_encode().cast(pa.dictionary(index, pa.string())))
COLUMNS += [column(type, *values).dictionary_encode() for type, values in ((pa.int64(), [5, 5, None]), (pa.binary(), [b'a', None]), (pa.float64(), [0.5, None]), (pa.large_string(), words))]
for ends in (pa.int16(), pa.int32(), pa.int64()):
    COLUMNS.append(pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 5], ends), pa.array(['x', None, 'y'])))
COLUMNS.append(pa.RunEndEncodedArray.from_arrays(pa.array([1, 4], pa.int32()), pa.array([1.5, -2.5])))
kinds, members = pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(['a', 'b', 'c'])]
COLUMNS.append(pa.UnionArray.from_sparse(kinds, members))
COLUMNS.append(pa.UnionArray.from_dense(kinds, pa.array([0, 0, 1], pa.int32()), members))
# Views into the middle of longer columns, whose bits do not begin at a byte.
COLUMNS += [array.slice(1) for array in list(COLUMNS[:20]) if len(array) > 2]

LAYOUTS = [('none', 'stream'), ('none', 'file'), ('lz4', 'stream'), ('zstd', 'file')]
PARQUET = [
    dict(version='1.0', compression='none', data_page_version='1.0'),
    dict(version='2.4', compression='gzip', data_page_version='2.0', use_dictionary=False),
    dict(version='2.6', compression='brotli', write_page_checksum=True),
    dict(version='2.6', compression='lz4', write_statistics=False),
    dict(version='2.6', compression='zstd', data_page_version='2.0', row_group_size=1, store_schema=False),
    dict(version='2.6', compression='snappy', data_page_size=1, write_batch_size=1, write_page_index=True),
]


def told(name, table):
    chunks = table.column('v').chunks
    type = table.schema.field('v').type
    # Parquet has no durations: what it says of itself is a count.
    shown = pa.int64() if pa.types.is_duration(type) and name.endswith('.parquet') else type
    values = [form(shown, value) for chunk in chunks for value in counted(chunk)]
    print(json.dumps({'file': name, 'type': str(type), 'values': values}))


for number, array in enumerate(COLUMNS):
    # Two batches, so that offsets begin anew and dictionaries come again.
    batch = pa.record_batch([array], names=['v'])
    table = pa.Table.from_batches([batch, batch])
    for codec, kind in LAYOUTS:
        options = ipc.IpcWriteOptions(compression=None if codec == 'none' else codec)
        name = f'{number}-{codec}-{kind}.arrow'
        make, opened = (ipc.new_stream, ipc.open_stream) if kind == 'stream' else (ipc.new_file, ipc.open_file)
        with make(os.path.join(folder, name), table.schema, options=options) as writer:
            writer.write_table(table)
        told(name, opened(os.path.join(folder, name)).read_all())
    name = f'{number}.parquet'
    try:
        pq.write_table(table, os.path.join(folder, name), **PARQUET[number % len(PARQUET)])
    except (pa.ArrowException, NotImplementedError):
        # Parquet has no place for it.
        continue
    told(name, pq.read_table(os.path.join(folder, name)))

empty = pa.table({'v': pa.array([], pa.int32())})
pq.write_table(empty, os.path.join(folder, 'empty.parquet'))
told('empty.parquet', empty)
old = pa.table({'v': pa.array([0, None, 1_709_294_400_000_001], pa.timestamp('us'))})
pq.write_table(old, os.path.join(folder, 'int96.parquet'), use_deprecated_int96_timestamps=True)
told('int96.parquet', old)
for encoding, type, values in (
    ('DELTA_BINARY_PACKED', pa.int64(), [1, None, -(2**40)]),
    ('DELTA_LENGTH_BYTE_ARRAY', pa.string(), texts),
    ('DELTA_BYTE_ARRAY', pa.string(), ['prefix a', 'prefix b', None]),
    ('BYTE_STREAM_SPLIT', pa.float64(), [0.1, None, -2.5]),
    ('BYTE_STREAM_SPLIT', pa.int32(), [1, None, -2]),
):
    name = f'{encoding}-{type}.parquet'
    table = pa.table({'v': pa.array(values, type)})
    pq.write_table(table, os.path.join(folder, name), use_dictionary=False, column_encoding=encoding)
    told(name, table)
