import type { ReactNode } from 'react';
export function SettingsPage(): ReactNode {
  return <h1 className="p-4 font-semibold text-xl">Settings</h1>;
}
