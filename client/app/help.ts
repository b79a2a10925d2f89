// help.ts: what people ask while they work, answered so that it can be read with no line.
export const help: readonly { ask: string; say: readonly string[] }[] = [
  {
    ask: 'How do I take a register?',
    say: [
      'Open the session under Today. A tap on a name is here, the next one is away. The three dots have late, told us, left and a comment.',
      'Nothing counts until Finish. Undo takes back step by step, and a finished register is amended with a reason.',
    ],
  },
  {
    ask: 'What do the words of the badge mean?',
    say: [
      'Saved here: it is safe on this device, and waits to be sent. Sending: it is on its way. All sent: the office has signed for it. Needs help: tap it, it says what to do.',
      'With no network everything goes on working. If that lasts for weeks, Export under the badge makes a sealed file that anybody may carry.',
    ],
  },
  {
    ask: 'Somebody walked in who is not on the register',
    say: ['The magnifying glass on the register finds whoever is on this device. A tap adds them as a visitor. If nobody is found, Add takes the name as you typed it; the office sorts out who it is.'],
  },
  {
    ask: 'Does anybody need looking after?',
    say: [
      'A register of today says at its head how many players have needs to know of: an inhaler, an EpiPen, a wheelchair. The list is behind it, and each one is on the sheet behind the three dots.',
      'They are shown on the day of the session only. Who needs help to get out is on the evacuation list.',
    ],
  },
  {
    ask: 'Somebody is away, and nobody told us',
    say: [
      'After Finish the device shows whom to ring, in order. Note what was said; the office and safeguarding get it with the next sync, so in an emergency ring them yourself.',
      'Numbers are shown on the day of the session only.',
    ],
  },
  {
    ask: 'Fire: who is in the building?',
    say: [
      'The siren on Today and on every register opens the evacuation list: whoever was marked here and has not left. Tick people off as you see them.',
      'Who is unmarked, and who only signed in at the door, is shown apart. “Combined at” says up to when other devices are in it.',
    ],
  },
  {
    ask: 'How do learners sign themselves in?',
    say: ['Start signing in at the door, on this page. The device then shows nothing else, also after a restart, until somebody enters a PIN under Staff. A leader confirms the arrivals on the register.'],
  },
  {
    ask: 'Where is a register of last term?',
    say: [
      'At the office, with every mark: nothing is lost. This device holds the current term. The one before leaves it two weeks into the new one, when the office has what was marked.',
      'Ring the office to look at such a register, or to have it amended. Notes and progress stay here, and “Here this term” counts the new term from its first day.',
    ],
  },
  {
    ask: 'Why does it want my PIN again?',
    say: ['Left alone for a quarter of an hour, or put away for five minutes, Tutti locks. What was marked is saved, and a note you began is there again after your PIN.'],
  },
  {
    ask: 'I forgot my PIN',
    say: ['If you alone work on this device, choose “Forgotten it?” under your name and ring the office: with the code they read out you choose a new PIN. Where several work, ring the office too. After ten wrong tries a PIN is gone: then a colleague who is signed in can set a new one, under Settings. What was marked is safe and is still sent.'],
  },
];
