/** Hands a text to the browser as a file. Nothing leaves the page: the file is made of what is already there. */
export function downloadText({
  text,
  fileName,
  mediaType,
}: {
  text: string;
  fileName: string;
  mediaType: string;
}): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the address by the next turn; keeping it would keep the file in memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
