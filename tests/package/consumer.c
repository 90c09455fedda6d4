/* What a user of the C library writes first: a gatherer, and the addresses that it has found. */
#include <portico/portico.h>
#include <stdio.h>
#include <string.h>

static int complete = 0;

static void onEvent(void* user, const portico_event* event) {
  (void)user;
  if (event->type == PORTICO_EVENT_STATE_CHANGE && strcmp((const char*)event->data, "complete") == 0) complete = 1;
}

int main(void) {
  const char* candidates = NULL;
  portico_object gatherer = 0;
  int turns = 0;
  if (portico_init(onEvent, NULL) != 0) return 1;
  gatherer = portico_ice_gatherer_create("{\"iceServers\":[],\"includeLoopback\":true}");
  portico_ice_gatherer_gather(gatherer, NULL, 1);
  for (turns = 0; !complete && turns < 1000; ++turns) portico_run(10);
  candidates = portico_ice_gatherer_local_candidates(gatherer);
  printf("Portico %s: %s\n", portico_version(), candidates);
  complete = complete && strstr(candidates, "127.0.0.1") != NULL;
  portico_shutdown();
  return complete ? 0 : 1;
}
