#include "core/jsep/signaling.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace portico::jsep {
namespace {

using State = SignalingState;

struct Row {
  State from;
  Side side;
  SdpType type;
  std::optional<State> to;
};

// RFC 9429 §3.2, figure 2, and rollback of RFC 9429 §4.1.10.2. What is not in it is refused.
constexpr std::array kMoves{
    Row{State::stable, Side::local, SdpType::offer, State::haveLocalOffer},
    Row{State::stable, Side::remote, SdpType::offer, State::haveRemoteOffer},
    Row{State::haveLocalOffer, Side::local, SdpType::offer, State::haveLocalOffer},
    Row{State::haveLocalOffer, Side::remote, SdpType::answer, State::stable},
    Row{State::haveLocalOffer, Side::remote, SdpType::pranswer, State::haveRemotePranswer},
    Row{State::haveLocalOffer, Side::local, SdpType::rollback, State::stable},
    Row{State::haveLocalOffer, Side::remote, SdpType::rollback, State::stable},
    Row{State::haveRemoteOffer, Side::remote, SdpType::offer, State::haveRemoteOffer},
    Row{State::haveRemoteOffer, Side::local, SdpType::answer, State::stable},
    Row{State::haveRemoteOffer, Side::local, SdpType::pranswer, State::haveLocalPranswer},
    Row{State::haveRemoteOffer, Side::local, SdpType::rollback, State::stable},
    Row{State::haveRemoteOffer, Side::remote, SdpType::rollback, State::stable},
    Row{State::haveLocalPranswer, Side::local, SdpType::pranswer, State::haveLocalPranswer},
    Row{State::haveLocalPranswer, Side::local, SdpType::answer, State::stable},
    Row{State::haveRemotePranswer, Side::remote, SdpType::pranswer, State::haveRemotePranswer},
    Row{State::haveRemotePranswer, Side::remote, SdpType::answer, State::stable},
};

constexpr std::array kStates{
    State::stable, State::haveLocalOffer, State::haveRemoteOffer, State::haveLocalPranswer, State::haveRemotePranswer,
    State::closed};
constexpr std::array kTypes{SdpType::offer, SdpType::pranswer, SdpType::answer, SdpType::rollback};

TEST(Signaling, MovesAsTheStandardsFigureShowsAndNotOtherwise) {
  for (const State from : kStates) {
    for (const Side side : {Side::local, Side::remote}) {
      for (const SdpType type : kTypes) {
        const Row* move = nullptr;
        for (const Row& row : kMoves) {
          if (row.from == from && row.side == side && row.type == type) move = &row;
        }
        const Result<State> next = nextState(from, side, type);
        ASSERT_EQ(move != nullptr, next.has_value()) << toString(from) << ' ' << toString(type);
        if (move) {
          EXPECT_EQ(*move->to, *next);
        } else {
          EXPECT_EQ(Error::InvalidState, next.error().code);
        }
      }
    }
  }
}

TEST(Signaling, ImpliesWhatTheStateAsksFor) {
  EXPECT_EQ(SdpType::offer, implicitType(State::stable));
  EXPECT_EQ(SdpType::offer, implicitType(State::haveLocalOffer));
  EXPECT_EQ(SdpType::offer, implicitType(State::haveRemotePranswer));
  EXPECT_EQ(SdpType::answer, implicitType(State::haveRemoteOffer));
  EXPECT_EQ(SdpType::answer, implicitType(State::haveLocalPranswer));
}

}  // namespace
}  // namespace portico::jsep
