import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * Sends single requests to a broker and prints its responses, both as JSON, by Kafka's own schemas: `Ask ADDRESS`.
 *
 * <p>A line on standard input is `{"on": connection, "key": "METADATA", "version": 9, "body": {…}}`; fields that are left out have
 * their defaults. `"raw"` gives the body as hexadecimal digits instead, `"do": "send"` or `"receive"` does one half. The answer is
 * one line: the response, `{"closed": true}`, `{"silent": true}` after 20 seconds, or `{"broken": …}` if it can't be read.
 */
public class Ask {
    static final int SECONDS_MAX = 20;
    static final int RESPONSE_BYTES_MAX = 64 << 20;
    static final ObjectMapper JSON = new ObjectMapper();
    static final Map<String, Socket> CONNECTIONS = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(JSON.writeValueAsString(answer(arguments[0], JSON.readTree(line))));
            System.out.flush();
        }
    }

    static JsonNode answer(String address, JsonNode question) throws Exception {
        String name = question.path("on").asText("only");
        String half = question.path("do").asText("both");
        ObjectNode said = JSON.createObjectNode();
        if (half.equals("close")) {
            close(name);
            return said;
        }
        try {
            Socket socket = connection(address, name);
            if (!half.equals("receive")) {
                socket.getOutputStream().write(frame(question));
            }
            return half.equals("send") ? said : receive(socket, question);
        } catch (SocketTimeoutException fault) {
            close(name);
            return said.put("silent", true);
        } catch (IOException fault) {
            close(name);
            return said.put("closed", true);
        }
    }

    static Socket connection(String address, String name) throws IOException {
        Socket known = CONNECTIONS.get(name);
        if (known == null) {
            int colon = address.lastIndexOf(':');
            known = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
            known.setSoTimeout(SECONDS_MAX * 1000);
            CONNECTIONS.put(name, known);
        }
        return known;
    }

    static void close(String name) throws IOException {
        Socket known = CONNECTIONS.remove(name);
        if (known != null) {
            known.close();
        }
    }

    static ApiKeys key(JsonNode question) {
        return ApiKeys.valueOf(question.get("key").asText());
    }

    static byte[] frame(JsonNode question) throws Exception {
        short version = (short) question.get("version").asInt();
        var header = new RequestHeaderData().setRequestApiKey(key(question).id).setRequestApiVersion(version).setCorrelationId(7);
        header.setClientId(question.path("client").asText("ask"));
        ByteBuffer message = question.has("raw") ? raw(question, header) : encoded(question, header, version);
        ByteBuffer frame = ByteBuffer.allocate(4 + message.remaining());
        return frame.putInt(message.remaining()).put(message).array();
    }

    static ByteBuffer raw(JsonNode question, RequestHeaderData header) {
        short version = (short) question.path("header").asInt(1);
        ByteBuffer head = org.apache.kafka.common.protocol.MessageUtil.toByteBufferAccessor(header, version).buffer();
        byte[] body = HexFormat.of().parseHex(question.get("raw").asText());
        return ByteBuffer.allocate(head.remaining() + body.length).put(head).put(body).flip();
    }

    static ByteBuffer encoded(JsonNode question, RequestHeaderData header, short version) throws Exception {
        Class<?> data = key(question).messageType.newRequest().getClass();
        JsonNode body = question.has("body") ? question.get("body") : JSON.createObjectNode();
        Class<?> converter = Class.forName(data.getName() + "JsonConverter");
        JsonNode filled = filled(converter, data, version, body);
        var read = converter.getMethod("read", JsonNode.class, short.class);
        var message = (ApiMessage) read.invoke(null, filled, version);
        return RequestUtils.serialize(header, key(question).requestHeaderVersion(version), message, version);
    }

    /** What is given, with defaults for what isn't. */
    static JsonNode filled(Class<?> root, Class<?> data, short version, JsonNode given) throws Exception {
        String name = data.getName();
        boolean nested = name.contains("$");
        Class<?> converter = nested ? Class.forName(root.getName() + "$" + data.getSimpleName() + "JsonConverter") : root;
        Object empty = data.getConstructor().newInstance();
        var write = converter.getMethod("write", data, short.class, boolean.class);
        ObjectNode whole = (ObjectNode) write.invoke(null, empty, version, true);
        for (var field : given.properties()) {
            whole.set(field.getKey(), value(root, data, version, field.getKey(), field.getValue()));
        }
        return whole;
    }

    static JsonNode value(Class<?> root, Class<?> data, short version, String field, JsonNode given) throws Exception {
        if (given.isObject()) {
            return filled(root, data.getDeclaredField(field).getType(), version, given);
        }
        if (!given.isArray() || given.isEmpty() || !given.get(0).isObject()) {
            return given;
        }
        ArrayNode list = JSON.createArrayNode();
        for (JsonNode item : given) {
            list.add(filled(root, element(data.getDeclaredField(field)), version, item));
        }
        return list;
    }

    static Class<?> element(Field field) {
        var type = field.getGenericType() instanceof Class<?> own ? own.getGenericSuperclass() : field.getGenericType();
        return (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    static JsonNode receive(Socket socket, JsonNode question) throws Exception {
        var input = new DataInputStream(socket.getInputStream());
        int length = input.readInt();
        if (length < 0 || length > RESPONSE_BYTES_MAX) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] frame = new byte[length];
        input.readFully(frame);
        if (question.has("hex")) {
            return JSON.createObjectNode().put("hex", HexFormat.of().formatHex(frame));
        }
        return decoded(key(question), (short) question.get("version").asInt(), ByteBuffer.wrap(frame));
    }

    static JsonNode decoded(ApiKeys key, short version, ByteBuffer frame) throws Exception {
        ApiMessage message = key.messageType.newResponse();
        try {
            var accessor = new ByteBufferAccessor(frame);
            new ResponseHeaderData(accessor, key.responseHeaderVersion(version));
            message.read(accessor, version);
        } catch (RuntimeException fault) {
            return JSON.createObjectNode().put("broken", fault.toString());
        }
        if (frame.hasRemaining()) {
            return JSON.createObjectNode().put("broken", frame.remaining() + " bytes are left");
        }
        Class<?> data = message.getClass();
        var write = Class.forName(data.getName() + "JsonConverter").getMethod("write", data, short.class, boolean.class);
        return (JsonNode) write.invoke(null, message, version, true);
    }
}
