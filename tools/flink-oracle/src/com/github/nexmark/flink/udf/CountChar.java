package com.github.nexmark.flink.udf;

import org.apache.flink.table.functions.ScalarFunction;

/** How often a text holds a character: the function that Nexmark's q14 registers by this name. */
public final class CountChar extends ScalarFunction {
    public long eval(String text, String character) {
        if (text == null || character == null || character.isEmpty()) {
            return 0;
        }
        int wanted = character.codePointAt(0);
        return text.codePoints().filter(each -> each == wanted).count();
    }
}
