/** Python that starts a Spark with Delta as `session`, small enough for a shared machine. */
export const SPARK = `
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession
builder = (SparkSession.builder.master('local[1]')
    .config('spark.sql.extensions', 'io.delta.sql.DeltaSparkSessionExtension')
    .config('spark.sql.catalog.spark_catalog', 'org.apache.spark.sql.delta.catalog.DeltaCatalog')
    .config('spark.ui.enabled', 'false').config('spark.ui.showConsoleProgress', 'false')
    .config('spark.driver.bindAddress', '127.0.0.1').config('spark.driver.host', '127.0.0.1')
    # Else a VACUUM lists one folder in thousands of tasks.
    .config('spark.sql.sources.parallelPartitionDiscovery.parallelism', '1').config('spark.default.parallelism', '1')
    .config('spark.sql.shuffle.partitions', '1').config('spark.databricks.delta.snapshotPartitions', '1')
    .config('spark.sql.session.timeZone', 'UTC'))
session = configure_spark_with_delta_pip(builder).getOrCreate()
session.sparkContext.setLogLevel('ERROR')
`
