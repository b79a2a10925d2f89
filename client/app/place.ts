// place.ts: where somebody is, as the device keeps it for a screen that is cut off: sessions and visits, and nobody's name or number.
import { routePath, type Route } from './route.ts';

/** Empty: nothing to come back to. On a learner's sheet it is the session they were in. */
export function placeOf(route: Route): string {
  switch (route.screen) {
    case 'register':
    case 'absences':
    case 'evacuation':
    case 'visits':
      return routePath(route);
    case 'learner':
      return route.session ? routePath({ screen: 'register', session: route.session }) : '';
    default:
      return '';
  }
}
