/** Headers of one connection, which nobody passes on (RFC 9110, 7.6.1), in lower case. */
export const hopByHopHeaders: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
