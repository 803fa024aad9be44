package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests to other engines may be answered by meaning, and what two of them must have in common. */
class UpstreamFrameTest {
    private static final Upstream HERE = Upstream.parse("a=http://127.0.0.1:1/v1");
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK =
            "{'model':'m','temperature':0,'messages':[{'role':'system','content':'S'},{'role':'user','content':'Q'}]}";

    private static UpstreamRequest request(String path, String body) {
        byte[] json = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return UpstreamRequest.of("POST", path, json, Map.of(), "m");
    }

    private static Optional<Digest> context(String body) {
        return request(CHAT, body).frame().map(frame -> frame.key(HERE));
    }

    @Test
    void onlyWhatTheUserSaidLastMayDiffer() {
        Digest context = context(ASK).orElseThrow();
        assertThat(context(ASK.replace("'Q'", "'Another'"))).contains(context);
        assertThat(context(ASK.replace("'messages'", "'stream':true,'n':1,'tools':[],'messages'")))
                .contains(context);
        for (String other : new String[] {
            ASK.replace("'S'", "'T'"),
            ASK.replace("'m'", "'n'"),
            ASK.replace("'messages'", "'max_tokens':5,'messages'"),
            ASK.replace("'messages'", "'seed':5,'messages'"),
            ASK.replace("'messages'", "'unknown':5,'messages'"),
            ASK.replace("'Q'", "'Q','name':'Ada'"),
        }) {
            assertThat(context(other)).as(other).isPresent().isNotEqualTo(Optional.of(context));
        }
        assertThat(request(CHAT, ASK).frame().orElseThrow().key(Upstream.parse("b=http://127.0.0.1:2/v1")))
                .isNotEqualTo(context);
        assertThat(request(CHAT, ASK).key(HERE)).isNotEqualTo(context);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model':'m','messages':[{'role':'user','content':'Q'}]}",
                "{'temperature':1,'messages':[{'role':'user','content':'Q'}]}",
                "{'temperature':0,'messages':[]}",
                "{'temperature':0,'prompt':'Q'}",
                "{'temperature':0,'messages':[{'role':'user','content':'Q'},{'role':'assistant','content':'A'}]}",
                "{'temperature':0,'messages':[{'role':'user','content':[{'type':'text','text':'Q'}]}]}",
                "{'temperature':0,'n':2,'messages':[{'role':'user','content':'Q'}]}",
                "{'temperature':0,'logprobs':true,'messages':[{'role':'user','content':'Q'}]}",
                "{'temperature':0,'tools':[{'type':'function'}],'messages':[{'role':'user','content':'Q'}]}",
                "{'temperature':0,'messages':'Q'}",
                "not JSON",
            })
    void whatAsksForMoreThanOneRepeatableTextIsComputed(String body) {
        assertThat(context(body)).isEmpty();
    }

    @Test
    void onlyChatsAreComparedByMeaning() {
        assertThat(request("/v1/completions", "{'temperature':0,'prompt':'Q'}").frame())
                .isEmpty();
        assertThat(request("/v1/embeddings", ASK).frame()).isEmpty();
    }
}
