import { expect } from 'chai';
import { compareDebianVersions, matchesVersion } from '../../analyzer/source/debian-version.js';

describe('Debian versions', () => {
  it('are ordered as dpkg orders them', () => {
    const ordered = ['1.0~~', '1.0~rc1', '1.0', '1.0-1', '1.0-1+b1', '1.0-2', '1.0-10', '1.0a', '1.0+dfsg-1', '1.0.1', '1.2', '1.10', '1:0.1', '1:7.2+dfsg-7+deb12u9', '1:7.2+dfsg-7+deb12u18', '1:10.0.2+ds-2', '1:10.0.13+ds-0+deb13u1'];
    for (let i = 0; i + 1 < ordered.length; i++) {
      expect(compareDebianVersions(ordered[i] ?? '', ordered[i + 1] ?? ''), `${ordered[i]} < ${ordered[i + 1]}`).to.be.below(0);
      expect(compareDebianVersions(ordered[i + 1] ?? '', ordered[i] ?? '')).to.be.above(0);
    }
    expect(compareDebianVersions('1.0', '1.0')).to.equal(0);
    expect(compareDebianVersions('1.00', '1.0')).to.equal(0);
    expect(compareDebianVersions('0:1.0', '1.0')).to.equal(0);
  });

  it('are found by their beginning', () => {
    const version = '1:10.0.13+ds-0+deb13u1';
    for (const wanted of [version, '10.0.13+ds-0+deb13u1', '10.0.13+ds', '10.0.13', '10.0', '10']) expect(matchesVersion(version, wanted), wanted).to.equal(true);
    for (const wanted of ['1', '10.0.1', '0', '10.0.130', '2:10.0']) expect(matchesVersion(version, wanted), wanted).to.equal(false);
  });
});
