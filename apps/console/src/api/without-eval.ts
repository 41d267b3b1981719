import { config } from "zod";

// The page may not make code out of text. Zod would find that out by trying, which browsers report as an attack.
config({ jitless: true });
