// mock_data.mjs: made-up people and sessions for drawing screens: 70 players in score order, names in many scripts, two solo lessons.
const id = (kind, n) => `${kind}${n.toString(16).padStart(31, '0')}`;

const sections = [
  ['First violins', 'Violin', ['Amara Okafor', 'Ben Thorne', 'Chloë van Wyk', 'Dafydd Rees', 'Eilidh Morrison', 'Farida Haidari', 'Grace Mensah', 'Hamza Iqbal', 'Isla Brennan', 'Jakub Nowak', 'Keira Doyle', 'Leo Santos']],
  ['Second violins', 'Violin', ['Aarav Patel', 'Bea Lindqvist', 'Callum Fraser', 'Dilnoza Karimova', 'Elif Yılmaz', 'Finn O’Neill', 'Gwen Pritchard', 'Hana Suzuki', 'Idris Bello', 'Jo Li', 'Katya Иванова', 'Lowri Hughes']],
  ['Violas', 'Viola', ['Maya Cohen', 'Noah Abebe', 'Olive Hart', 'Priya Nair', 'Quinn Adeyemi', 'Rosa Herrera', 'Siân Morgan', 'Tomasz Zieliński', '王小明']],
  ['Cellos', 'Cello', ['Uma Krishnan', 'Viktor Šimek', 'Wren Ashby', 'Ximena Ruiz', 'Yusuf Demir', 'Zoë Baker', 'Anaïs Dubois', 'Bo Larsen', 'Cai Rowlands', 'Demi Christou', 'Ebo Asante']],
  ['Double basses', 'Double bass', ['Freya Nilsson', 'Gabriel Mbeki', 'Hettie Shaw', 'محمد علي', 'Iona McLeod', 'Jude Parry']],
  ['Flutes and oboes', 'Flute', ['Kofi Owusu', 'Lena Vogel', 'Mia Rossi', 'Nell Whitaker', 'Omar Farouk', 'Pearl Jones', 'Rhys Bevan']],
  ['Horns and brass', 'Horn', ['Sam Achebe', 'Tilly Norris', 'Ugo Eze', 'Vera Popescu', 'Will Harding', 'Xanthe Pappas', 'Yara Haddad', 'Zach Morris']],
  ['Harp and percussion', 'Percussion', ['Molly Ross', 'Nico Papas', 'Orla Quinn', 'Alexandra-Konstantina Featherstonehaugh-Papadopoulou', 'Ned Low']],
];

export const staff = [
  { id: id('a', 1), name: 'Viola Minim', has_pin: true, pin: '274916', wait_ms: 0, attempts_left: 10 },
  { id: id('a', 2), name: 'Arpége Minim', has_pin: true, pin: '830275', wait_ms: 0, attempts_left: 10 },
  { id: id('a', 3), name: 'Carol Stave', has_pin: false, pin: null, wait_ms: 0, attempts_left: 10 },
];

export const activities = [
  { id: id('c', 1), name: 'Saturday Strings', mode: 'ensemble', school: null, place: 'Hall B', learners: 70 },
  { id: id('c', 2), name: 'Cello lessons', mode: 'individual', school: 'Riverside Primary School', place: 'Practice room 2', learners: 2 },
  { id: id('c', 3), name: 'Brass Foundations', mode: 'large', school: 'Riverside Primary School', place: 'Music room', learners: 8 },
  { id: id('c', 4), name: 'Harbour Voices', mode: 'ensemble', school: null, place: 'Town Hall', learners: 12 },
];

let count = 0;
const players = sections.flatMap(([section, instrument, names]) => names.map((name) => ({ section, instrument, name, id: id('b', (count += 1)) })));

const lastNotes = [
  { id: id('d', 1), activity: id('c', 1), activity_name: 'Saturday Strings', date: '2026-11-14', author_name: 'Arpége Minim', areas: ['playing', 'practice'], text: 'Shifting to third position is nearly secure. Bow arm relaxed in the slow movement.', next_step: 'Third position scale in G, slow bows, five minutes a day.', learner_words: 'I want to lead the desk at the concert.', visibility: 'office', sent: true },
  { id: id('d', 2), activity: id('c', 1), activity_name: 'Saturday Strings', date: '2026-10-03', author_name: 'Viola Minim', areas: ['listening'], text: 'Hears the second violins now and waits for them.', next_step: null, learner_words: null, visibility: 'office', sent: true },
];

export const learners = players.map((player, index) => ({
  id: player.id,
  name: player.name,
  instrument: player.instrument,
  year_group: String(5 + (index % 7)),
  school: index % 3 === 0 ? 'Riverside Primary School' : 'St Anne’s Academy',
  activities: ['Saturday Strings'],
  stage: index % 2 === 0 ? 'developing' : 'beginner',
  pos: 1 + (index % 4),
  grade: index % 5 === 0 ? 'ABRSM 4, Merit' : null,
  enrolments: [{ activity: id('c', 1), name: 'Saturday Strings', instrument: player.instrument, section: player.section }],
  notes: index % 4 === 0 ? lastNotes : [],
  progress: index % 4 === 0 ? [{ id: id('e', index), activity: id('c', 1), date: '2026-10-10', author_name: 'Viola Minim', kind: 'grade', board: 'ABRSM', grade: '4', result: 'Merit', sent: true }] : [],
  here: 8 + (index % 3),
  away: index % 3,
}));

const row = (player, more = {}) => ({
  learner: player.id, name: player.name, section: player.section, instrument: player.instrument, year_group: null, code: null, arrived: null, departed: null, comment: null,
  amend_reason: null, notice: null, visitor: false, author_name: null, conflict: false, ...more,
});
const session = (n, activity, date, starts, ends, rows, more = {}) => ({
  id: id('f', n), activity: activity.id, name: activity.name, place: activity.place, school: activity.school, date, starts, ends, mode: activity.mode,
  status: 'scheduled', cause: null, state: null, adhoc: false, rows, ...more,
});

const today = '2026-11-21';
const solo = (player) => [row({ ...player, section: null })];

const fate = (seq, place, of, text, minutes, status, reason, advice) => ({ seq, place, of, text, at: Date.now() - minutes * 60000, status, reason, advice });
const ring = 'The office keeps it. Ring them: they can correct the assignment and let it through.';

/** Changes the office did not simply take: set aside, and contested. */
export const outcomes = [
  ...players.slice(0, 7).map((player, index) => fate(3, index + 1, 12, `${player.name} marked away`, 40 - index, 'quarantined', 'you were not assigned to it on this device on that day', ring)),
  fate(2, 4, 9, `Note about ${players[8].name}`, 60 * 26, 'refused', 'it holds a value that the office’s program does not allow', 'Record it again. If it is refused again, tell the office what you recorded.'),
  fate(1, 1, 1, `${players[9].name} marked here`, 60 * 50, 'conflict', 'somebody else recorded something different about the same thing', 'Nothing is lost. The office decides which stands; tell them if you know.'),
];

export const todaySessions = [
  session(1, activities[2], today, 540, 585, players.slice(50, 58).map((player) => row({ ...player, section: null }, { code: 'P' })), { state: 'closed' }),
  session(2, activities[0], today, 600, 690, players.map((player, index) => row(player, index === 20 ? { notice: 'Grandmother’s birthday, told on Thursday' } : {}))),
  session(3, activities[1], today, 720, 750, solo(players[33]), { solo: true }),
  session(4, activities[1], today, 750, 780, solo(players[38]), { solo: true }),
  session(5, activities[3], today, 840, 900, players.slice(20, 32).map((player) => row({ ...player, section: null })), { status: 'cancelled', cause: 'school_short' }),
  session(6, activities[2], '2026-11-19', 540, 585, players.slice(50, 58).map((player) => row({ ...player, section: null }, { code: 'P' })), { state: 'open' }),
];
