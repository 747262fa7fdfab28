import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Gives a broker the rights that come on stdin, as `wiredesk acls --format json` prints them: what kafka-acls.sh does. */
public class Acls {
    public static void main(String[] arguments) throws Exception {
        List<AclBinding> rights = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            JsonNode right = json.readTree(line);
            rights.add(new AclBinding(
                new ResourcePattern(
                    ResourceType.fromString(right.get("resource").asText()),
                    right.get("name").asText(),
                    PatternType.fromString(right.get("pattern").asText())),
                new AccessControlEntry(
                    right.get("principal").asText(), "*",
                    AclOperation.fromString(right.get("operation").asText()), AclPermissionType.ALLOW)));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
            admin.createAcls(rights).all().get();
        }
        System.out.println(rights.size());
    }
}
