package io.theseus.node.http;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/** A picture of a screen in its 256 most frequent colours, at half the bytes: it goes into the repository. */
final class IndexedPicture {
    private static final int COLORS = 256;
    private static final int OPAQUE = 0xff000000;

    private IndexedPicture() {}

    /** Rewrites a PNG in place. */
    static void shrink(Path file) throws IOException {
        BufferedImage full = ImageIO.read(file.toFile());
        int[] palette = palette(full);
        BufferedImage indexed = new BufferedImage(
                full.getWidth(),
                full.getHeight(),
                BufferedImage.TYPE_BYTE_INDEXED,
                new IndexColorModel(8, palette.length, palette, 0, false, -1, DataBuffer.TYPE_BYTE));
        Map<Integer, Integer> nearest = new HashMap<>();
        for (int y = 0; y < full.getHeight(); y++) {
            for (int x = 0; x < full.getWidth(); x++) {
                int index = nearest.computeIfAbsent(full.getRGB(x, y), color -> nearest(palette, color));
                indexed.getRaster().setSample(x, y, 0, index);
            }
        }
        ImageIO.write(indexed, "png", file.toFile());
    }

    private static int[] palette(BufferedImage picture) {
        Map<Integer, Integer> pixels = new HashMap<>();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                pixels.merge(picture.getRGB(x, y) | OPAQUE, 1, Integer::sum);
            }
        }
        return pixels.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(COLORS)
                .mapToInt(Map.Entry::getKey)
                .toArray();
    }

    private static int nearest(int[] palette, int color) {
        int best = 0;
        for (int i = 1; i < palette.length; i++) {
            if (distance(palette[i], color) < distance(palette[best], color)) {
                best = i;
            }
        }
        return best;
    }

    private static int distance(int a, int b) {
        int red = (a >> 16 & 255) - (b >> 16 & 255);
        int green = (a >> 8 & 255) - (b >> 8 & 255);
        int blue = (a & 255) - (b & 255);
        return red * red + green * green + blue * blue;
    }
}
