/** The browser of this machine. */
export const CHROMIUM = process.env.CHROME ?? '/usr/bin/chromium';

/** Without a window, and asking nobody on the network for anything. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
