// scan.mjs: a phone enrolled by camera: the code as the office's terminal prints it, read by the browser or by jsQR; a camera that may not be
// used or is not there is said, and the code can always be typed.
import { Phone } from '../lib/phone.mjs';
import { filmOf, printedModules } from '../lib/video.mjs';
import { expect } from './stage.mjs';

const name = 'A phone with a camera';

async function words(page, wanted) {
  const said = page.getByRole('status').filter({ hasText: wanted });
  await said.waitFor();
  return said.textContent();
}

export async function scan(stage) {
  const printed = stage.demo.run('tutti-server', ['enrol', '--data', stage.demo.path('hub'), '--name', name, '--kind', 'phone', '--staff', 'S001']);
  const film = stage.demo.path('code.y4m');
  filmOf(film, printedModules(printed));
  const phone = new Phone(stage.demo, { folder: 'scanning', pin: '605137', args: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`] });
  await phone.standBare();
  const { page, profile } = phone;
  const allow = async (camera) => {
    const protocol = await profile.context.newCDPSession(page);
    await protocol.send('Browser.setPermission', { permission: { name: 'camera' }, setting: camera ? 'granted' : 'denied', origin: new URL(phone.url).origin });
  };
  const press = () => page.getByRole('button', { name: 'Scan the code' }).click();
  try {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').pop()));
    await phone.open();
    await page.getByRole('button', { name: 'Scan the code' }).waitFor();
    await stage.shows('what reads codes is loaded when somebody asks for it, not with the app', async () => expect(!asked.includes('scan.js') && !asked.includes('jsqr.js'), asked.join(', ')));
    await stage.shows('a camera that Tutti may not use is said, with the way out', async () => {
      await allow(false);
      await press();
      return words(page, /may not use the camera.*type the code/);
    });
    await stage.look(page, 'scan-refused');
    await stage.shows('a code of another sort is said, and the camera looks on', async () => {
      await allow(true);
      await page.evaluate(() => {
        window.BarcodeDetector = class {
          static getSupportedFormats = async () => ['qr_code'];
          detect = async () => [{ rawValue: 'https://example.org/menu' }];
        };
      });
      await press();
      return words(page, /another sort of code/);
    });
    await stage.look(page, 'scan');
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    await stage.sees('stopping it lets the camera go', async () => expect((await page.locator('video').count()) === 0, 'it still looks'));
    await stage.shows('the code on the office’s screen is read, and brings the six digits', async () => {
      await page.evaluate(() => delete window.BarcodeDetector);
      await press();
      const digits = await phone.digits();
      expect(asked.includes('jsqr.js') && /^\d{6}$/.test(digits), `${digits} after ${asked.join(', ')}`);
      return digits;
    });
    await phone.confirm();
    await stage.shows('the phone is enrolled', async () => phone.settle());
  } finally {
    await phone.end();
  }
}
