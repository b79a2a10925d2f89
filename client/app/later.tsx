// later.tsx: the screens that come after the first ones: a file of its own, which is read when the first screen stands.
export { AwayLock } from './parts/away_lock.tsx';
export { KeptPlace } from './parts/kept_place.tsx';
export { AbsencesScreen } from './screens/absences.tsx';
export { ConcernScreen } from './screens/concern.tsx';
export { CarriedBlock } from './parts/carried.tsx';
export { AdhocScreen } from './screens/adhoc.tsx';
export { DoorScreen } from './screens/door.tsx';
export { EvacuationScreen } from './screens/evacuation.tsx';
export { FindScreen } from './screens/find.tsx';
export { LearnerScreen } from './screens/learner.tsx';
export { SettingsScreen } from './screens/settings.tsx';
export { VisitsScreen } from './screens/visits.tsx';
export { SyncScreen } from './screens/sync.tsx';
