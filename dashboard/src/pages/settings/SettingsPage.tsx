export function SettingsPage() {
  return <h1 className="p-4 font-semibold text-xl">Settings</h1>;
}
