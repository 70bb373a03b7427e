/** The five queues of an imaginary help desk for a project-planning application. */
export const CATEGORIES = ['account', 'billing', 'bug', 'feature_request', 'how_to'] as const;
export type Category = (typeof CATEGORIES)[number];

export type Ticket = {
  readonly id: string;
  readonly ticket: string;
  readonly category: Category;
};

/** Written by hand for this demo: no customer's words are in it. Each category's first 11 train, the next 4 validate, the last 5 test. */
const TICKETS: Readonly<Record<Category, readonly string[]>> = {
  account: [
    "I can't log in any more, it says my password is wrong although I reset it yesterday.",
    'How long does it take until access is removed for a user who left? He can still log in.',
    'Please unlock the account of our intern, she typed the wrong password five times.',
    'I want to change my user name and my profile picture, but the profile page says I need the owner.',
    'Two-factor asks for a code from a phone that I no longer have.',
    'I forgot my password and the reset email never arrives, not even in spam.',
    'My login is locked after too many attempts. Can someone unlock it? I have a client call in ten minutes.',
    'Please change the email on my profile, I got married and my old address is gone.',
    'We lost the phone that had two-factor on it and now nobody can log in as the owner.',
    'Ana left the company. Please remove her access and hand her projects to me.',
    'Somebody signed in to my account from Brazil last night. That was not me!',
    'The password reset link says it has expired although I clicked it at once.',
    'Could you move me from the viewer role to admin? My manager Tom approved it.',
    'I would like to delete my profile and everything you hold about me under GDPR.',
    'Our new colleague accepted the invitation but her login still lands in an empty workspace.',
    'Two-factor codes are refused since I changed my phone.',
    'Please merge my two logins, one is Google and one is a plain email with a password.',
    'Our single sign-on certificate rotates on Friday, what do you need from us to keep access?',
    'I was removed as admin by mistake and cannot see the members any more.',
    'My user name still shows my maiden name after I changed it in my profile.',
  ],
  billing: [
    'There is a charge on our card from a plan that we cancelled in January.',
    'Could we get a refund for the seats that nobody used?',
    'My card expired. Where do I enter the new one before the next payment?',
    'The invoice lists the wrong company name and no VAT number.',
    'What is the price per seat if we pay for a whole year?',
    'You charged my card twice this month, please refund one of them.',
    'Our finance team needs an invoice with the VAT number on it for March.',
    'We downgraded in April but were still charged for the business plan.',
    'My payment was declined, although the bank says the card is fine.',
    'Do you offer a discount for non-profits? We are a food bank with eight people.',
    'The receipt shows 14 seats, there are only nine of us. Please correct the price.',
    'I cancelled during the trial and still see a charge of $49 on my card.',
    'Can we pay once a year by bank transfer instead of monthly by card?',
    'Please send the invoice to accounts@ instead of to me, I am only the designer.',
    'When will the refund you promised me last week show up?',
    'The invoice of May is in dollars, our contract says euros.',
    'Why did the price of our plan go up by 20% without a word?',
    'We got a payment reminder for an invoice that we paid on the third.',
    'Please switch us to the annual plan and credit what is left of this month.',
    'Your tax line is wrong: we are exempt, the certificate is attached. I expect a refund.',
  ],
  bug: [
    'I get an error whenever I open a task with more than ten attachments.',
    'The calendar page stays blank after the latest update.',
    'Sorting by due date is broken: tasks without a date come first.',
    'The app crashes when I rotate the phone while a video plays.',
    'Uploads fail every time with error 403, even tiny ones.',
    'Since the update the board is blank in Firefox. Chrome is fine.',
    'Exporting a timeline to PDF fails with error 500 every time.',
    'The app crashes on my iPad as soon as I open the calendar.',
    'Dragging a card to another column makes it vanish until I reload the page.',
    'Notifications arrive six hours late, yesterday I missed a deadline over it.',
    'Search finds nothing when the word has an umlaut, it worked last week.',
    'Comments show up twice after I press enter, and the counter is broken.',
    'The Android app crashes when a photo is attached to a comment.',
    'Saving a task gives an error and my text is lost. That is the third time today!',
    'All dates jumped by one day after I switched the time zone.',
    'The import of a CSV stops at row 1000 with an unknown error.',
    'Filters are ignored on the mobile page, I always see all tasks.',
    'Page loading takes forever and then the screen stays blank.',
    'Attachments over 10 MB fail without any message.',
    'The undo button crashes the whiteboard in Safari.',
  ],
  feature_request: [
    'Please add a way to colour whole columns, we would love that.',
    'It would be great if guests could comment without an invitation.',
    'I wish there was an integration with GitHub, so that closed issues move cards.',
    'Suggestion: support markdown tables in comments.',
    'Could you consider a desktop app with offline support? It would save our field team.',
    'It would be great to have a dark mode, my eyes hurt at night.',
    'Please add recurring tasks, we copy the same checklist every Monday.',
    'Any chance of a Slack integration? Our whole team lives there.',
    'I wish the timeline could be zoomed to quarters.',
    'Suggestion: let guests vote on cards without signing up.',
    'We would love an API endpoint for time tracking.',
    'Would it be possible to add custom fields to projects?',
    'A keyboard shortcut to archive cards would save me hours, please consider it.',
    'My wish for Christmas: offline mode in the phone app.',
    'It would help us if reports could be scheduled and mailed on Fridays.',
    'Please add support for right-to-left languages.',
    'We would love to see a Gantt view with dependencies.',
    'Suggestion for the roadmap: emoji reactions on comments.',
    'I wish I could pin a project to the top of the sidebar.',
    'An integration with Outlook calendars would be great for our sales people.',
  ],
  how_to: [
    'How can I move a card to a board in another project?',
    'Is there a way to see all my tasks from every project on one page?',
    'Where is the button to archive a whole column?',
    'Can you explain the difference between a reminder and a due date?',
    'How do I invite a guest to a single board only?',
    'How do I export all tasks of a project to a spreadsheet?',
    'Where can I find the archived boards?',
    'Is there a way to copy a checklist from one project to another?',
    'What is the difference between a guest and a member?',
    'How can I share a board with somebody outside our company?',
    'Could you explain how the workload view counts half days?',
    'How do I set a reminder for a task that has no due date?',
    'Where do I see which colleague changed a deadline?',
    'Is there a guide on writing automation rules? I am new to this.',
    'What happens to the subtasks when I archive a card?',
    'How do I turn off the weekly digest?',
    'Where is the setting for working hours and holidays?',
    'Can you explain what the yellow triangle on a card means?',
    'Is there a way to print the board on one sheet of paper?',
    'How can I restore a task that I deleted yesterday?',
  ],
};

const TRAIN = 11;
const VALIDATION = 4;

/** Takes the categories in turn, so that any stretch of a split holds a bit of each. */
function split(from: number, to?: number): readonly Ticket[] {
  const columns = CATEGORIES.map((category) =>
    TICKETS[category].map((ticket, index) => ({ id: `${category}-${index + 1}`, ticket, category })).slice(from, to),
  );
  const longest = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: longest }, (_, row) => columns.flatMap((column) => column[row] ?? [])).flat();
}

/** What the optimizer may learn from. */
export const trainingTickets = split(0, TRAIN);
/** What candidates are ranked on. */
export const validationTickets = split(TRAIN, TRAIN + VALIDATION);
/** What neither the optimizer nor the choice of the winner ever sees. */
export const testTickets = split(TRAIN + VALIDATION);
