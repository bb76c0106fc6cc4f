#!/usr/bin/env bash
# Kubernetes: the manifest of an Indexed Job is validated against the API's schema, and its shell line run
# here for every index, as the pods would; the cluster itself is not.
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
mkdir models
cd models
printf '{"private":true}\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact \
  kubernetes-models@5.1.0 yaml@2.9.1 || cannot 'npm cannot install kubernetes-models'
cat >validate.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Job } from 'kubernetes-models/batch/v1';
import { parse } from 'yaml';

const text = readFileSync(process.argv[2], 'utf8');
const job = parse(text);
new Job(job).validate();
// A validator that takes anything would say nothing.
try {
  new Job({ ...job, spec: { ...job.spec, completions: 'forty' } }).validate();
  throw new RangeError('completions: forty was taken');
} catch (error) {
  if (error instanceof RangeError) throw error;
}
const { completions, template } = job.spec;
const [{ args }] = template.spec.containers;
console.error(`valid: batch/v1 Job, ${completions} indices`);
console.log(args[0]);
JS
node validate.mjs "$project/test/engines/kubernetes-job.yaml" >line
cd "$work"
line=$(sed "s#/sweep/#$work/#g" models/line)
for index in $(seq 0 39); do
  # Shards beyond the points of this small grid are empty, as they may be.
  JOB_COMPLETION_INDEX=$index sh -c "$line" 2>/dev/null
done
rss-err sweep merge shard-*.ndjson >merged.ndjson
same merged.ndjson
