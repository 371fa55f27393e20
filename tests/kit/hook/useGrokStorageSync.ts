// A hook as an extension has it: it polls the site's own storage, and derives everything or nothing.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Attempt, Derived, MediaStore } from "./types";

const KEY = "useMediaStore";
const VERSION = 1;
const POLL_MS = 500;

const isAttempt = (entry: Attempt | null): entry is Attempt => Boolean(entry && entry.videoId);

function derive(parentImageId: string): Derived | null {
  try {
    const text = sessionStorage.getItem(KEY);
    if (text === null) return null;
    const store = JSON.parse(text) as MediaStore;
    if (store.version !== VERSION) console.warn("another version", store.version);
    const attempts = (store.state.videoByMediaId[parentImageId] ?? []).filter(isAttempt);
    const image = store.state.imageByMediaId[parentImageId]?.[0] ?? null;
    // All that is listed was generated, refused or not, and each cost a credit.
    const successful = attempts.filter((attempt) => !attempt.moderated && attempt.mediaUrl);
    return {
      videosGenerated: attempts.length,
      creditsUsed: attempts.length,
      moderatedCount: attempts.filter((attempt) => attempt.moderated).length,
      successfulCount: successful.length,
      videoGroup: attempts.map((attempt) => attempt.videoId).sort(),
      originalImagePrompt: image!?.originalPrompt || image?.prompt || null,
      parentImageUrl: image?.mediaUrl ?? null,
    } satisfies Derived;
  } catch (error: unknown) {
    console.error("the storage could not be read", error);
    return null;
  }
}

export function useGrokStorageSync(parentImageId: string | null, onChange?: (derived: Derived) => void): Derived | null {
  const [derived, setDerived] = useState<Derived | null>(null);
  const last = useRef<string>("");
  const read = useCallback(() => (parentImageId ? derive(parentImageId) : null), [parentImageId]);

  useEffect(() => {
    const sync = (): void => {
      const now = read();
      const signature = JSON.stringify(now?.videoGroup ?? []);
      if (now && signature !== last.current) onChange?.(now);
      last.current = signature;
      setDerived(now);
    };
    sync();
    const timer = setInterval(sync, POLL_MS);
    return () => clearInterval(timer);
  }, [read, onChange]);

  return useMemo(() => derived, [derived]);
}
