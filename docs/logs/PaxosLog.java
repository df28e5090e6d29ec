import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Writes what a process does as a log for {@code paxos-playground check}: docs/logs.md has the words and keys. */
public final class PaxosLog {
    private final String node;
    private final PrintStream out;

    /** The log of one process. */
    public PaxosLog(String node, PrintStream out) {
        this.node = node;
        this.out = out;
    }

    /** {@code log.say("voted", "ballot", "1.A", "value", "red")}: the word, then keys and values in turn. */
    public synchronized void say(String what, Object... keys) {
        var now = java.time.Instant.now();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        var line = new StringBuilder("{\"us\":" + micros + ",\"node\":" + json(node) + ",\"what\":" + json(what));
        for (int i = 0; i < keys.length; i += 2) {
            line.append(',').append(json(keys[i].toString())).append(':').append(json(keys[i + 1]));
        }
        out.println(line.append('}'));
        out.flush();
    }

    /** A text, a number, a list, a map or null as JSON. */
    private static String json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        if (value instanceof List<?> list) {
            return "[" + String.join(",", list.stream().map(PaxosLog::json).toList()) + "]";
        }
        if (value instanceof Map<?, ?> map) {
            var parts = map.entrySet().stream().map(one -> json(one.getKey()) + ":" + json(one.getValue()));
            return "{" + String.join(",", parts.toList()) + "}";
        }
        var text = new StringBuilder("\"");
        value.toString().chars().forEach(sign -> {
            if (sign < 32 || sign == '"' || sign == '\\') {
                text.append(String.format("\\u%04x", sign));
            } else {
                text.append((char) sign);
            }
        });
        return text.append('"').toString();
    }
}
