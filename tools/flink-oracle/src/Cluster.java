import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/** One Flink cluster in this process, which all cases share: a job costs no start-up. */
final class Cluster implements AutoCloseable {
    private final MiniCluster cluster;
    private final int port;

    Cluster() throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.address", "127.0.0.1");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("taskmanager.memory.network.min", "64mb");
        configuration.setString("taskmanager.memory.network.max", "64mb");
        configuration.setString("taskmanager.memory.managed.size", "256mb");
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(16)
                .build());
        cluster.start();
        port = cluster.getRestAddress().get().getPort();
    }

    /** What an environment needs to run its jobs here. */
    Configuration client() {
        Configuration configuration = new Configuration();
        configuration.setString("execution.target", "remote");
        configuration.setString("rest.address", "127.0.0.1");
        configuration.setString("rest.port", Integer.toString(port));
        configuration.setString("parallelism.default", "1");
        configuration.setString("table.exec.resource.default-parallelism", "1");
        configuration.setString("restart-strategy.type", "none");
        configuration.setString("table.local-time-zone", "UTC");
        configuration.setString("client.retry-period", "20 ms");
        return configuration;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
