/** The key that this tab signed in with. Session storage: it ends with the tab, and no other tab sees it. */
const PLACE = 'optrail.key';

export const apiKey = (): string | null => sessionStorage.getItem(PLACE);

export function signIn(key: string): void {
  sessionStorage.setItem(PLACE, key.trim());
}

export function signOut(): void {
  sessionStorage.removeItem(PLACE);
}

export function authorization(): Record<string, string> {
  const key = apiKey();
  return key === null ? {} : { Authorization: `Bearer ${key}` };
}
