import * as z from 'zod';
import { text } from '../../url/fields.js';

export const LeaderboardSearch = z.object({ metric: text, evalSet: text });
