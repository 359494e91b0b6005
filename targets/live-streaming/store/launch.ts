/**
 * One Cassandra node, started from its jars. Each region is a data centre, each node has one token.
 * In a data centre of one node, that node owns everything, no token is negotiated, and all nodes
 * may start at the same moment.
 */
import type { EndpointSettings } from "../service/configuration.ts";
import type { Program } from "../service/program.ts";

export interface StoreNode {
  readonly java: string;
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the jars. */
  readonly jars: string;
  readonly directory: string;
  readonly storage: EndpointSettings;
  readonly cql: EndpointSettings;
  /** Every node, including itself, so that each may be the first to return after a region loss. */
  readonly seeds: readonly EndpointSettings[];
  readonly dataCentre: string;
  readonly rack: string;
  readonly token: string;
  readonly heapMb: number;
}

export function storeProgram(node: StoreNode): Program {
  return {
    command: node.java,
    args: [
      // Without the memory-measuring agent (jamm), which costs a tenth of the start. The sizes of
      // prepared statements are then estimated.
      `-Xms${node.heapMb}m`,
      `-Xmx${node.heapMb}m`,
      "-XX:MaxDirectMemorySize=256m",
      "-XX:MaxMetaspaceSize=192m",
      "-XX:ReservedCodeCacheSize=64m",
      "-XX:+UseSerialGC",
      "-Xss512k",
      // Only the quick compiler. A node starts in two thirds of the CPU time, and one that lives
      // for minutes never earns the rest back.
      "-XX:TieredStopAtLevel=1",
      "-XX:ActiveProcessorCount=2",
      "-XX:+ExitOnOutOfMemoryError",
      "-Djdk.attach.allowAttachSelf=true",
      ...moduleArguments,
      // SIGKILL ends a node and leaves its unpacked libraries (lz4, snappy, jna) and counters
      // behind. They are in a folder that is removed with it.
      `-Djava.io.tmpdir=${node.directory}`,
      `-Djna.tmpdir=${node.directory}`,
      "-XX:-UsePerfData",
      "-Dio.netty.tryReflectionSetAccessible=true",
      "-Dio.netty.allocator.maxOrder=11",
      `-Dcassandra.config=file://${node.directory}/conf/cassandra.yaml`,
      `-Dcassandra.storagedir=${node.directory}/data`,
      `-Dcassandra.logdir=${node.directory}`,
      "-Dcassandra-foreground=yes",
      "-Dcassandra.ring_delay_ms=1000",
      "-Dcassandra.skip_wait_for_gossip_to_settle=0",
      // The default value, which would otherwise follow the ring delay: half of it is how long a
      // starting node may be silent. With one second, the others would drop a briefly slow node
      // from their seeds, and it would never join.
      "-Dcassandra.gossip_quarantine_delay_ms=60000",
      "-Dcassandra.consistent.rangemovement=false",
      "-Dcassandra.disable_tcactive_openssl=true",
      // Without `cassandra.unsafesystem`, which would save half a second of CPU time. With it, a
      // node reads its commit log before it knows its tables, and skips the rows of unknown ones.
      // After a SIGKILL, all that it had acknowledged would be lost.
      "-cp",
      `${node.directory}/conf:${node.jars}/*`,
      "org.apache.cassandra.service.CassandraDaemon",
    ],
    env: node.env,
    files: {
      "conf/cassandra.yaml": yaml(node),
      "conf/cassandra-rackdc.properties": `dc=${node.dataCentre}\nrack=${node.rack}\n`,
      "conf/logback.xml": logback,
    },
  };
}

function yaml(node: StoreNode): string {
  return `cluster_name: live
num_tokens: 1
initial_token: ${node.token}
auto_bootstrap: false
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: GossipingPropertyFileSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{seeds: "${node.seeds.map((seed) => `${seed.host}:${seed.port}`).join(",")}"}]
listen_address: ${node.storage.host}
storage_port: ${node.storage.port}
rpc_address: ${node.cql.host}
native_transport_port: ${node.cql.port}
data_file_directories: [${node.directory}/data/data]
commitlog_directory: ${node.directory}/data/commitlog
saved_caches_directory: ${node.directory}/data/saved
hints_directory: ${node.directory}/data/hints
cdc_raw_directory: ${node.directory}/data/cdc
commitlog_sync: periodic
commitlog_sync_period: 1000ms
commitlog_segment_size: 16MiB
commitlog_total_space: 256MiB
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
file_cache_size: 32MiB
key_cache_size: 4MiB
counter_cache_size: 0MiB
concurrent_reads: 8
concurrent_writes: 8
concurrent_counter_writes: 2
concurrent_compactors: 1
auto_snapshot: false
min_free_space_per_drive: 0MiB
# A mutation from the other region may arrive this late. If dropped, it would return as a hint only
# after ten seconds.
write_request_timeout: 2000ms
read_request_timeout: 500ms
# The default (a fortieth of the heap) silently throttles parallel chunk writes.
native_transport_max_request_data_in_flight_per_ip: 64MiB
native_transport_max_request_data_in_flight: 128MiB
`;
}

/**
 * Warnings, which nodes are up or down, and when clients may connect. The settings alone would be
 * 20 kB in each log.
 */
const logback = `<configuration>
<appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender"><encoder>
<pattern>%-5level %date{ISO8601} %logger{0} %msg%n</pattern></encoder></appender>
<logger name="org.apache.cassandra.gms.Gossiper" level="INFO"/>
<logger name="org.apache.cassandra.transport" level="INFO"/>
<root level="WARN"><appender-ref ref="STDOUT"/></root></configuration>
`;

/** The module access that Cassandra needs on Java 17; without it a node does not start. */
const moduleArguments: readonly string[] = [
  ...[
    "java.base/jdk.internal.misc",
    "java.base/java.lang.ref",
    "java.sql/java.sql",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "jdk.unsupported/sun.misc",
    "jdk.compiler/com.sun.tools.javac.file",
    "jdk.attach/sun.tools.attach",
  ].flatMap((name) => ["--add-exports", `${name}=ALL-UNNAMED`]),
  ...[
    "java.lang",
    "java.lang.module",
    "java.lang.reflect",
    "java.util",
    "java.io",
    "java.nio",
    "sun.nio.ch",
    "jdk.internal.loader",
    "jdk.internal.ref",
    "jdk.internal.reflect",
    "jdk.internal.math",
    "jdk.internal.module",
    "jdk.internal.util.jar",
  ].flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`]),
  "--add-opens",
  "jdk.management/com.sun.management.internal=ALL-UNNAMED",
  "--add-opens",
  "jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
];
