-- Full text: one text of each span, with one index, in place of four of which each had the bytes as they came.
--
-- * `written_text` is what the span says: inputs, outputs and the request, which are JSON, and the error. A request in
--   which a library escaped what it need not have (`\u00fc`, `\/`) is read and written anew; one that is no JSON, or has
--   numbers above 64 bits, stays as it came. What JSON has to escape is a space each, but for the quote,
--   which follows one; so it is in the error. Of each text the first 4 MiB are searched: an insert on a small machine
--   has to have room for a record of 32 MiB.
-- * `search_text` is that as words: in lower case and of one form by Unicode's rules (NFKC, case folded: `STRASSE` is
--   `straße`), every sign beyond ASCII and every letter of a script without spaces by itself.
-- * To find words: `hasAllTokens(search_text, 'words')`; to find them in this order, `position(search_text, ...)` as well.
--   What is looked for has to be written the same way: `asSearchText` in
--   apps/server/src/capabilities/traces/queries/filter-condition.ts.
-- * These columns are aliases: they take no room and are made when they are read, the index when a part is written.
--   Parts from before this migration get it from the last statement, in the background, and are read as they stand until then.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS request_text String ALIAS left(raw_request, 4194304);

ALTER TABLE spans ADD COLUMN IF NOT EXISTS written_text String ALIAS concat(
    replaceRegexpAll(
        replaceAll(
            concat(
                left(input, 4194304), ' ', left(output, 4194304), ' ',
                if(
                    position(request_text, '\\u') > 0 OR position(request_text, '\\/') > 0,
                    ifNull(nullIf(JSONExtractRaw(request_text), ''), request_text),
                    request_text
                )
            ),
            '\\"', ' "'
        ),
        '\\\\(?:u[0-9A-Fa-f]{4}|.)', ' '
    ),
    ' ', replaceAll(translate(error_message, '\\\n\r\t', '    '), '"', ' "')
);

ALTER TABLE spans ADD COLUMN IF NOT EXISTS search_text String ALIAS if(
    isValidASCII(written_text),
    lower(written_text),
    replaceRegexpAll(
        normalizeUTF8NFKCCasefold(toValidUTF8(written_text)),
        '[^\\p{L}\\p{N}\\p{M}\\x00-\\x7f]|[\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}]',
        ' \\0 '
    )
);

ALTER TABLE spans ADD INDEX IF NOT EXISTS words search_text TYPE text(tokenizer = 'splitByNonAlpha') GRANULARITY 100000000;

ALTER TABLE spans
    DROP INDEX IF EXISTS words_of_input,
    DROP INDEX IF EXISTS words_of_output,
    DROP INDEX IF EXISTS words_of_request,
    DROP INDEX IF EXISTS words_of_error;

ALTER TABLE spans MATERIALIZE INDEX IF EXISTS words SETTINGS mutations_sync = 0;
