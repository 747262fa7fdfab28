import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/**
 * Runs a file of Flink SQL inside this JVM, statement by statement, each to its end: `java -cp 'libs/*' Run.java streams.sql`.
 * KAFKA_BOOTSTRAP_SERVERS and WIREDESK_TOPIC_PREFIX name another cluster and another first word of the topics.
 * On a Flink cluster its own client takes the same file: `sql-client.sh -f streams.sql`.
 */
public class Run {
    public static void main(String[] args) throws Exception {
        var tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        String file = Files.readString(Path.of(args[0]));
        file = file.replaceAll("(?m)^\\s*--.*$", "");
        file = file.replace("127.0.0.1:9092", or("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"));
        file = file.replace("'wiredesk.", "'" + or("WIREDESK_TOPIC_PREFIX", "wiredesk") + ".");
        for (String statement : file.split(";")) {
            if (statement.isBlank()) {
                continue;
            }
            if (statement.strip().startsWith("SET ")) {
                // The client's own command: 'name' = 'value'.
                String[] words = statement.strip().split("'");
                tables.getConfig().set(words[1], words[3]);
                continue;
            }
            TableResult result = tables.executeSql(statement);
            if (result.getJobClient().isPresent()) {
                result.await();
            }
        }
    }

    private static String or(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
