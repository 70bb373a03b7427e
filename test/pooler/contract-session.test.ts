import { contractBehind } from './contract.js';

await contractBehind('session');
